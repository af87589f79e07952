using S2nTls;

namespace Examples;

/// <summary>Keeps one session in a file from one run to the next. It holds secrets, so the file is its owner's alone.</summary>
#region snippet session-cache
internal sealed class SessionFile(FileInfo file) : S2nSessionCache
{
    public override ValueTask AddAsync(S2nSession session)
    {
        using FileStream stream = new(file.FullName, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(session.Serialize());
        return ValueTask.CompletedTask; // nobody would wait for it, and the program may end soon
    }

    public override async ValueTask<S2nSession?> TakeAsync(S2nSessionOrigin origin, CancellationToken cancellationToken)
    {
        if (!File.Exists(file.FullName))
        {
            return null;
        }

        S2nSession session = S2nSession.Deserialize(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        file.Delete(); // each is offered once
        return session;
    }
}
#endregion
