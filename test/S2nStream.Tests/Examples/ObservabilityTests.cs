using System.Text;

namespace S2nTls.Tests.Examples;

public class ObservabilityTests
{
    [Fact]
    public async Task OpenTelemetry_is_told_of_handshakes_that_succeed_are_resumed_and_fail()
    {
        (int code, string output, string errors) = await ExampleProgram.RunAsync("Observability");
        Assert.Equal((0, ""), (code, errors));
        foreach (string line in (string[])
        [
            "Activity.DisplayName:        TLS client handshake localhost",
            "Activity.DisplayName:        TLS server handshake",
            "s2n.error.name: S2N_ERR_CERT_UNTRUSTED",
            "tls.resumed: true",
            "Metric Name: s2n.tls.handshake.duration",
            "Metric Name: s2n.tls.connection.open",
            "Metric Name: s2n.tls.sessions.resumed",
            "Metric Name: s2n.tls.certificate.expiry",
        ])
        {
            Assert.Contains(line, output, StringComparison.Ordinal);
        }
    }

    /// <summary>Written by the runtime, as for dotnet-trace: that a listener in the process gets an event does not mean that a trace does.</summary>
    [Fact]
    public async Task A_trace_has_what_to_do_about_a_failure()
    {
        using var directory = new TempDirectory();
        string file = Path.Combine(directory.Path, "trace.nettrace");
        (int code, _, string errors) = await ExampleProgram.EndAsync(ExampleProgram.StartWith(
            ["DOTNET_EnableEventPipe=1", "DOTNET_EventPipeConfig=S2nTls:0:5", $"DOTNET_EventPipeOutputPath={file}"], "Observability", new TempDirectory()));
        Assert.Equal((0, ""), (code, errors));
        byte[] trace = File.ReadAllBytes(file);
        Assert.All(
            (string[])["localhost", "S2N_ERR_CERT_UNTRUSTED", "SERVER_CERT", "Trust the right root", "127.0.0.1:", "close_notify"],
            text => Assert.True(trace.AsSpan().IndexOf(Encoding.Unicode.GetBytes(text)) >= 0, text));
    }
}
