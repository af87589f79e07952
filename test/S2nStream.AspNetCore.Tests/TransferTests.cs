using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace S2nTls.AspNetCore.Tests;

/// <summary>Much data, up and down, arrives as it was sent.</summary>
public class TransferTests
{
    private const int Size = 100 * 1024 * 1024;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_hundred_megabytes_go_up_and_down(string version)
    {
        var down = new RandomData(Size);
        Digest? received = null;
        Digest? sent = null;
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application =>
            {
                application.MapPost("/", async context =>
                {
                    context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
                    received = await Digest.ReadAsync(context.Request.Body);
                });
                application.MapGet("/", async context => sent = await down.WriteToAsync(context.Response.Body));
            });
        using HttpClient client = Clients.Http(new Version(version));

        var up = new RandomData(Size);
        using var content = new Upload(up);
        using HttpResponseMessage answer = await client.PostAsync(host.Address, content).WithDeadline(PeerProgram.Patience);
        answer.EnsureSuccessStatusCode();
        Digest got = await Digest.ReadAsync(await client.GetStreamAsync(host.Address)).WithDeadline(PeerProgram.Patience);

        Assert.Equal(content.Sent, received);
        Assert.Equal(sent, got);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Answers_of_any_size_arrive_whole(string version)
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using WebHostUnderTest host = await WebHostUnderTest.ListenAsync(
            listen => listen.UseS2n(TestAuthority.Localhost),
            application => application.MapGet("/{size:int}", async (HttpContext context, int size) =>
            {
                byte[] data = new byte[size];
                new Random(size).NextBytes(data);
                if (size % 2 == 0)
                {
                    context.Response.ContentLength = size; // otherwise in chunks
                }

                for (int start = 0; start < size; start += 7001)
                {
                    await context.Response.Body.WriteAsync(data.AsMemory(start, Math.Min(7001, size - start)));
                }
            }));
        using HttpClient client = Clients.Http(new Version(version));

        foreach (int size in Enumerable.Range(0, 60).Select(_ => random.Next(0, 1 << random.Next(1, 20))))
        {
            byte[] expected = new byte[size];
            new Random(size).NextBytes(expected);
            byte[] got = await client.GetByteArrayAsync(new Uri(host.Address, size.ToString(System.Globalization.CultureInfo.InvariantCulture))).WithDeadline();
            Assert.True(SHA256.HashData(expected).AsSpan().SequenceEqual(SHA256.HashData(got)), $"{size} bytes differ (seed {seed})");
        }
    }

    /// <summary>The test's own: it is of unknown length, and remembers what it was.</summary>
    private sealed class Upload(RandomData data) : HttpContent
    {
        public Digest? Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Sent = await data.WriteToAsync(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
