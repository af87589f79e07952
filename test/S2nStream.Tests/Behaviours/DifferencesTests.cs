using Xunit.Abstractions;

namespace S2nTls.Tests.Behaviours;

public class DifferencesTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_difference_says_what_and_why()
    {
        foreach (Difference difference in Differences.All)
        {
            output.WriteLine($"- {difference.What}\n    SslStream: {difference.Ssl}\n    S2nStream: {difference.S2n}\n    {difference.Why}");
            Assert.All((string[])[difference.What, difference.Ssl, difference.S2n, difference.Why], text => Assert.False(string.IsNullOrWhiteSpace(text)));
        }
    }

    [Fact]
    public void No_difference_is_listed_twice()
    {
        Difference[] all = [.. Differences.All];
        Assert.NotEmpty(Differences.All);
        Assert.Equal(all.Length, all.Select(difference => difference.What).Distinct().Count());
    }
}
