namespace S2nTls.Tests.Examples;

public class QuickstartTests
{
    [Fact]
    public async Task It_shows_a_conversation_and_a_half_close_and_succeeds()
    {
        (int code, string output, string errors) = await ExampleProgram.RunAsync("Quickstart");
        Assert.True(code == 0, errors);
        Assert.Empty(errors);
        Assert.Contains("Connected: Tls13", output, StringComparison.Ordinal);
        Assert.Contains("DataAvailable: True", output, StringComparison.Ordinal);
        Assert.Contains("DataAvailable: False", output, StringComparison.Ordinal);
        int closed = output.IndexOf("client: (closes its side)", StringComparison.Ordinal);
        int answered = output.IndexOf("server: THAT WAS 3 LINES", StringComparison.Ordinal);
        Assert.InRange(closed, 0, answered); // the answer comes after the half-close
        Assert.Contains("Every line came back as expected.", output, StringComparison.Ordinal);
    }
}
