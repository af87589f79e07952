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
}
