using S2nTls;

namespace Examples;

/// <summary>Keeps one session in a file from one run to the next. It holds secrets, so the file is its owner's alone.</summary>
#region snippet session-cache
internal sealed class SessionFile(FileInfo file) : S2nSessionCache
{
    protected override void Add(S2nSession session)
    {
        using FileStream stream = new(file.FullName, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        stream.Write(session.Serialize());
    }

    protected override S2nSession? Take(string targetHost)
    {
        if (!File.Exists(file.FullName))
        {
            return null;
        }

        S2nSession session = S2nSession.Deserialize(File.ReadAllBytes(file.FullName));
        file.Delete(); // each is offered once
        return session;
    }
}
#endregion
