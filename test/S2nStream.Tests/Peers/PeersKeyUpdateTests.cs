using System.Security.Authentication;
using System.Text;

namespace S2nTls.Tests.Peers;

/// <summary>New keys in the middle of a connection with OpenSSL, asked for by either side.</summary>
[Needs("openssl")]
public class PeersKeyUpdateTests
{
    /// <summary>Here standard output carries data only, and input that begins with k or K is a command.</summary>
    private static readonly string[] s_withCommands = ["-quiet", "-no_ign_eof"];

    [Fact]
    public async Task Data_goes_on_after_s_client_and_this_side_have_new_keys()
    {
        await using ProgramPeer peer = await OpenSsl.ClientAsync(SslProtocols.Tls13, tells: true, more: s_withCommands);
        await peer.ExplainAsync(async () =>
        {
            await ToPeerAsync(peer, "before");
            await peer.Stream.RequestKeyUpdateAsync();
            await ToPeerAsync(peer, "after");
            Assert.Equal(new S2nKeyUpdateCounts { Sent = 1, Received = 0 }, peer.Stream.KeyUpdateCounts);

            await CommandAsync(peer, "k", times: 1); // its own keys
            await FromPeerAsync(peer, "later");
            Assert.Equal(new S2nKeyUpdateCounts { Sent = 1, Received = 1 }, peer.Stream.KeyUpdateCounts);

            await CommandAsync(peer, "K", times: 2); // its own, and it asks for this side's
            await FromPeerAsync(peer, "last");
            await ToPeerAsync(peer, "answer");
            Assert.Equal(new S2nKeyUpdateCounts { Sent = 2, Received = 2 }, peer.Stream.KeyUpdateCounts);
        });
    }

    private static async Task ToPeerAsync(ProgramPeer peer, string text)
    {
        await peer.Stream.WriteAsync(Encoding.ASCII.GetBytes(text)).WithDeadline();
        await ExpectAsync(peer.Output, text);
    }

    private static async Task FromPeerAsync(ProgramPeer peer, string text)
    {
        await peer.Input.WriteAsync(Encoding.ASCII.GetBytes(text));
        await peer.Input.FlushAsync();
        await ExpectAsync(peer.Stream, text);
    }

    private static async Task ExpectAsync(Stream stream, string text)
    {
        byte[] received = new byte[text.Length];
        await stream.ReadExactlyAsync(received).WithDeadline();
        Assert.Equal(text, Encoding.ASCII.GetString(received));
    }

    /// <summary>What follows a command in one read belongs to it, so this waits until the program has understood.</summary>
    private static async Task CommandAsync(ProgramPeer peer, string command, int times)
    {
        await peer.Input.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"));
        await peer.Input.FlushAsync();
        for (long start = Environment.TickCount64; peer.Program.Errors.Split("KEYUPDATE").Length - 1 < times; await Task.Delay(10))
        {
            Assert.True(Environment.TickCount64 - start < Deadline.Default.TotalMilliseconds, "The program does not say that it has new keys.");
        }
    }
}
