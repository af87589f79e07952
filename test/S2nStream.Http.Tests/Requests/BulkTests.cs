using System.Net;

namespace S2nTls.Http.Tests.Requests;

public class BulkTests
{
    private const long Size = 100_000_000;

    [Theory]
    [MemberData(nameof(RequestTests.Versions), MemberType = typeof(RequestTests))]
    public async Task A_hundred_megabytes_arrive_unchanged(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        client.Timeout = TimeSpan.FromMinutes(2);
        var data = new RandomData(Size);
        Digest expected = await data.WriteToAsync(Stream.Null);
        using HttpResponseMessage response = await client.SendAsync(
            Clients.Get(server.Url, $"/data/{Size}/{data.Seed}", version), HttpCompletionOption.ResponseHeadersRead).WithDeadline();
        await using Stream body = await response.Content.ReadAsStreamAsync();
        Assert.True(expected == await Digest.ReadAsync(body).WithDeadline(client.Timeout), $"{data}");
    }

    [Theory]
    [MemberData(nameof(RequestTests.Versions), MemberType = typeof(RequestTests))]
    public async Task A_hundred_megabytes_are_sent_unchanged(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create();
        client.Timeout = TimeSpan.FromMinutes(2);
        var data = new RandomData(Size);
        var content = new RandomContent(data);
        using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "/digest"))
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        }).WithDeadline(client.Timeout);
        Assert.True($"{content.Sent}" == await response.Content.ReadAsStringAsync(), $"{data}");
    }

    [Theory]
    [MemberData(nameof(RequestTests.Versions), MemberType = typeof(RequestTests))]
    public async Task Thousands_of_parallel_requests_are_all_answered_and_each_with_its_own(Version version)
    {
        await using WebServer server = await WebServer.StartAsync();
        using HttpClient client = Clients.Create(handler => handler.MaxConnectionsPerServer = 16);
        client.Timeout = TimeSpan.FromMinutes(2);
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(async i =>
        {
            using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, new Uri(server.Url, "/echo"))
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new StringContent($"number {i}"),
            });
            Assert.Equal($"number {i}", await response.Content.ReadAsStringAsync());
        })).WithDeadline(client.Timeout);
    }

    private sealed class RandomContent(RandomData data) : HttpContent
    {
        public Digest Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Sent = await data.WriteToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = data.Length;
            return true;
        }
    }
}
