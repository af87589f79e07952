using System.Security.Authentication;

namespace S2nTls.Http.Tests.Connections;

/// <summary>What a program is told of a body that is cut short, however it reads, and wherever the cut falls.</summary>
public class CutBodyTests
{
    private const string Length = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhello";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\nhello";
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n";

    public static TheoryData<string, string> Readings
    {
        get
        {
            var readings = new TheoryData<string, string>();
            foreach (string answer in (string[])[Length, Chunked, Head])
            {
                foreach (string how in (string[])["whole", "whole, synchronously", "string", "read", "read, synchronously", "copied"])
                {
                    readings.Add(answer, how);
                }
            }

            return readings;
        }
    }

    [Theory]
    [MemberData(nameof(Readings))]
    public async Task Between_two_records_it_is_ResponseEnded_however_it_is_read(string answer, string how)
    {
        foreach (bool ours in new[] { false, true })
        {
            await using var server = new CuttingServer(answer, CutKind.Fin);
            using HttpClient client = Create(ours);
            Assert.Equal(HttpRequestError.ResponseEnded, await ErrorAsync(client, server.Url, how));
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, Length, 1)]
    [InlineData(SslProtocols.Tls12, Length, 500)]
    [InlineData(SslProtocols.Tls12, Head, 500)]
    [InlineData(SslProtocols.Tls13, Length, 1)]
    [InlineData(SslProtocols.Tls13, Length, 5)]
    [InlineData(SslProtocols.Tls13, Length, 500)]
    [InlineData(SslProtocols.Tls13, Chunked, 4)]
    [InlineData(SslProtocols.Tls13, Chunked, 500)]
    [InlineData(SslProtocols.Tls13, Head, 1)]
    [InlineData(SslProtocols.Tls13, Head, 500)]
    public async Task Inside_a_record_it_is_ResponseEnded_too_and_Unknown_with_SocketsHttpHandler(SslProtocols protocol, string answer, int length)
    {
        foreach (string how in (string[])["whole", "whole, synchronously", "read", "copied"])
        {
            foreach (bool ours in new[] { false, true })
            {
                await using var server = new RecordCuttingServer(protocol, answer, length);
                using HttpClient client = Create(ours);
                Assert.Equal((how, ours ? HttpRequestError.ResponseEnded : HttpRequestError.Unknown), (how, await ErrorAsync(client, server.Url, how)));
            }
        }
    }

    private static HttpClient Create(bool ours) =>
        ours ? Clients.Create() : Clients.Over(new SocketsHttpHandler { UseProxy = false, SslOptions = Clients.SslOptions() });

    private static async Task<HttpRequestError> ErrorAsync(HttpClient client, Uri url, string how)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(client, url, how).WithDeadline());
        return error switch
        {
            HttpRequestException request => request.HttpRequestError,
            HttpIOException read => read.HttpRequestError,
            IOException => HttpRequestError.Unknown, // that of SslStream as it is
            _ => throw error,
        };
    }

    private static async Task ReadAsync(HttpClient client, Uri url, string how)
    {
        if (how.StartsWith("whole", StringComparison.Ordinal))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using HttpResponseMessage whole = how == "whole" ? await client.SendAsync(request) : await Task.Run(() => client.Send(request));
            return;
        }

        if (how == "string")
        {
            await client.GetStringAsync(url);
            return;
        }

        using HttpResponseMessage response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
        Stream body = await response.Content.ReadAsStreamAsync();
        if (how == "copied")
        {
            await body.CopyToAsync(Stream.Null);
            return;
        }

        byte[] some = new byte[1000];
        while ((how == "read" ? await body.ReadAsync(some) : await Task.Run(() => body.Read(some))) > 0)
        {
        }
    }
}
