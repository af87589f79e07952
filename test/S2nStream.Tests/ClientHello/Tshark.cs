using System.Globalization;
using System.Text;

namespace S2nTls.Tests.ClientHello;

/// <summary>What Wireshark makes of hellos.</summary>
internal static class Tshark
{
    /// <summary>Puts each hello into a packet, and has all fields of each read.</summary>
    public static async Task<IReadOnlyList<string[][]>> ReadAsync(IEnumerable<S2nClientHello> hellos, params string[] fields)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory.PathOf("packets.txt"), Dump(hellos));
        string capture = directory.PathOf("packets.pcapng");
        await RunAsync("text2pcap", ["-q", "-T", "40000,443", directory.PathOf("packets.txt"), capture]);
        string text = await RunAsync(
            "tshark",
            ["-r", capture, "-Y", "tls.handshake.type == 1", "-T", "fields", "-E", "aggregator=/s", "-E", "separator=/t", .. fields.SelectMany(field => (string[])["-e", field])]);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t').Select(field => field.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray())];
    }

    private static string Dump(IEnumerable<S2nClientHello> hellos)
    {
        var text = new StringBuilder();
        foreach (S2nClientHello hello in hellos)
        {
            text.Append("000000");
            foreach (byte one in HelloBytes.Records(hello.RawMessage.Span))
            {
                text.Append(CultureInfo.InvariantCulture, $" {one:x2}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static async Task<string> RunAsync(string name, string[] arguments)
    {
        await using PeerProgram program = PeerProgram.Start(name, arguments, new TempDirectory());
        string text = string.Empty;
        await program.ExplainAsync(async () =>
        {
            text = await new StreamReader(program.Output).ReadToEndAsync();
            await program.ExpectSuccessAsync();
        });
        return text;
    }
}
