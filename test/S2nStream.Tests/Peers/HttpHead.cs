using System.Text;

namespace S2nTls.Tests.Peers;

/// <summary>The first line and the fields of an HTTP/1.1 message.</summary>
internal sealed class HttpHead
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    private HttpHead(string firstLine) => FirstLine = firstLine;

    public string FirstLine { get; }

    public string? this[string field] => _fields.GetValueOrDefault(field);

    /// <summary>Reads a head, and nothing of what follows it.</summary>
    public static async Task<HttpHead> ReadAsync(Stream stream)
    {
        var head = new HttpHead(await ReadLineAsync(stream));
        string line;
        while ((line = await ReadLineAsync(stream)).Length > 0)
        {
            int colon = line.IndexOf(':');
            head._fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return head;
    }

    /// <summary>Reads a line, byte by byte so as to leave what follows.</summary>
    public static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(one);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }
    }
}
