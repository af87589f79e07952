using System.Security.Authentication;

namespace S2nTls.Tests.Faults;

/// <summary>
/// One side of a conversation: it authenticates, and while one says all it has to say, with a KeyUpdate in between
/// where there is one, the other listens; then the other way round; then the end. What happens to it is kept.
/// </summary>
internal sealed class Party(Stream inner, S2nContext context, SslProtocols protocol, byte[] says, int hears, bool speaksFirst, CancellationToken cancellationToken)
{
    private readonly List<byte> _heard = [];
    private CancellationToken _token = cancellationToken;

    /// <summary>What went wrong, if something did.</summary>
    public Exception? Error { get; private set; }

    public byte[] Heard => [.. _heard];

    /// <summary>Ends when it is over, whatever the outcome.</summary>
    public async Task TalkAsync()
    {
        var stream = new S2nStream(inner);
        try
        {
            await (context.IsServer ? stream.AuthenticateAsServerAsync(context, _token) : stream.AuthenticateAsClientAsync(context, "localhost", _token));
            if (speaksFirst)
            {
                await SayAsync(stream);
                await ListenAsync(stream);
            }
            else
            {
                await ListenAsync(stream);
                await SayAsync(stream);
            }
        }
        catch (Exception e)
        {
            Error = e;
        }

        await stream.DisposeAsync();
    }

    /// <summary>The same with synchronous calls.</summary>
    public void Talk()
    {
        var stream = new S2nStream(inner);
        try
        {
            if (context.IsServer)
            {
                stream.AuthenticateAsServer(context);
            }
            else
            {
                stream.AuthenticateAsClient(context, "localhost");
            }

            if (speaksFirst)
            {
                Say(stream);
                Listen(stream);
            }
            else
            {
                Listen(stream);
                Say(stream);
            }
        }
        catch (Exception e)
        {
            Error = e;
        }

        stream.Dispose();
    }

    private bool EndsByHalfClose => protocol == SslProtocols.Tls13 || !speaksFirst;

    private async Task SayAsync(S2nStream stream)
    {
        int half = says.Length / 2;
        await stream.WriteAsync(says.AsMemory(..half), _token);
        if (protocol == SslProtocols.Tls13)
        {
            await stream.RequestKeyUpdateAsync(_token);
        }

        await stream.WriteAsync(says.AsMemory(half..), _token);
        if (EndsByHalfClose)
        {
            await stream.ShutdownWriteAsync(_token);
        }
    }

    private void Say(S2nStream stream)
    {
        int half = says.Length / 2;
        stream.Write(says.AsSpan(..half));
        if (protocol == SslProtocols.Tls13)
        {
            stream.RequestKeyUpdate();
        }

        stream.Write(says.AsSpan(half..));
        if (EndsByHalfClose)
        {
            stream.ShutdownWrite();
        }
    }

    private async Task ListenAsync(S2nStream stream)
    {
        byte[] buffer = new byte[7000];
        while (HearsMore)
        {
            int count;
            try
            {
                count = await stream.ReadAsync(buffer, _token);
            }
            catch (OperationCanceledException) when (_token.IsCancellationRequested)
            {
                _token = CancellationToken.None; // nothing is lost: it goes on
                continue;
            }

            if (count == 0)
            {
                return;
            }

            _heard.AddRange(buffer.AsSpan(0, count));
        }
    }

    private void Listen(S2nStream stream)
    {
        byte[] buffer = new byte[7000];
        int count;
        while (HearsMore && (count = stream.Read(buffer)) > 0)
        {
            _heard.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>Before TLS 1.3 who has spoken first cannot end its side only: the other counts.</summary>
    private bool HearsMore => protocol == SslProtocols.Tls13 || speaksFirst || _heard.Count < hears;
}
