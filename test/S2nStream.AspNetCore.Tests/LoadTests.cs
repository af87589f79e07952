using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Many requests at once, from programs that are made for it.</summary>
public partial class LoadTests
{
    [Theory]
    [InlineData("--h1")]
    [InlineData("--npn-list=h2")]
    [Needs("h2load")]
    public async Task H2load_has_every_request_answered(string version)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost), build: Quiet);
        await using PeerProgram h2load = PeerProgram.Start("h2load", ["-n5000", "-c50", "-m10", version, host.Address.ToString()], new TempDirectory());

        await h2load.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(h2load.Output);
            string report = await reader.ReadToEndAsync();
            Assert.Contains("5000 total, 5000 started, 5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout", report, StringComparison.Ordinal);
            Assert.Contains("5000 2xx", report, StringComparison.Ordinal);
            await h2load.ExpectSuccessAsync();
        });
    }

    [Fact]
    [Needs("wrk")]
    public async Task Wrk_finds_no_error()
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(listen => listen.UseS2n(TestAuthority.Localhost), build: Quiet);
        await using PeerProgram wrk = PeerProgram.Start("wrk", ["-t1", "-c50", "-d1s", host.Address.ToString()], new TempDirectory());

        await wrk.ExplainAsync(async () =>
        {
            using var reader = new StreamReader(wrk.Output);
            string report = await reader.ReadToEndAsync();
            Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
            Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
            Assert.True(int.Parse(Requests().Match(report).Groups[1].Value, CultureInfo.InvariantCulture) > 100, report);
            await wrk.ExpectSuccessAsync();
        });
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Thousands_of_requests_in_parallel_each_get_their_own_answer(string version)
    {
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.MapPost("/{i}", async (HttpContext context, int i) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                await context.Response.WriteAsync($"{i} {await reader.ReadToEndAsync()}");
            }),
            Quiet);
        using HttpClient client = Clients.Http(new Version(version));

        await Parallel.ForAsync(0, 3000, new ParallelOptions { MaxDegreeOfParallelism = 100 }, async (i, _) =>
        {
            string body = new((char)('a' + (i % 26)), i % 3000);
            using var content = new StringContent(body);
            using HttpResponseMessage answer = await client.PostAsync(new Uri(host.Address, i.ToString(CultureInfo.InvariantCulture)), content, CancellationToken.None).WithDeadline();
            Assert.Equal($"{i} {body}", await answer.Content.ReadAsStringAsync(CancellationToken.None).WithDeadline());
        });
    }

    /// <summary>The log of every request would be what is measured.</summary>
    private static void Quiet(WebApplicationBuilder builder) => builder.Logging.SetMinimumLevel(LogLevel.Warning);

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();
}
