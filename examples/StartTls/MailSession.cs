using System.Text;

namespace Examples;

/// <summary>
/// One client's conversation in the Simple Mail Transfer Protocol (RFC 5321), as far as an example needs it, with
/// STARTTLS (RFC 3207). Mail is taken on an encrypted connection only, and is not delivered but counted.
/// </summary>
internal sealed class MailSession(string peer, TimeSpan timeout)
{
    private const int MaxLine = 1000;      // RFC 5321 §4.5.3.1.6
    private const int MaxRecipients = 100; // RFC 5321 §4.5.3.1.8
    private const int MaxMail = 1024 * 1024;

    /// <summary>What is said before anything is encrypted: little more than STARTTLS.</summary>
    public async Task<MailSessionEnd> RunInTheClearAsync(Stream stream, CancellationToken stop)
    {
        await using var reader = new LineReader(stream, MaxLine, timeout);
        await SayAsync(stream, "220 localhost ready", stop);
        while (await ReadLineAsync(reader, stream, stop) is { } line)
        {
            switch (VerbOf(line))
            {
                // Whoever sits in the middle can add commands to those of the client: nothing that came in the clear
                // may be taken for a part of the encrypted conversation (RFC 3207 §6).
                case "STARTTLS" when reader.HasMore:
                    await SayAsync(stream, "503 Nothing may follow STARTTLS", stop);
                    throw new InvalidDataException("there is more behind STARTTLS, in the clear");
                case "STARTTLS":
                    await SayAsync(stream, "220 Go ahead", stop);
                    return MailSessionEnd.StartTls;
                case "EHLO":
                    await SayAsync(stream, $"250-localhost\r\n250-SIZE {MaxMail}\r\n250 STARTTLS", stop);
                    break;
                case "HELO":
                    await SayAsync(stream, "250 localhost", stop);
                    break;
                case "NOOP" or "RSET":
                    await SayAsync(stream, "250 OK", stop);
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 Goodbye", stop);
                    return MailSessionEnd.Goodbye;
                default:
                    await SayAsync(stream, "530 Must issue a STARTTLS command first", stop);
                    break;
            }
        }

        return MailSessionEnd.Goodbye;
    }

    /// <summary>A new conversation: nothing that was said in the clear counts any more.</summary>
    public async Task RunEncryptedAsync(Stream stream, bool greets, CancellationToken stop)
    {
        await using var reader = new LineReader(stream, MaxLine, timeout);
        if (greets)
        {
            await SayAsync(stream, "220 localhost ready", stop);
        }

        string? sender = null;
        var recipients = new List<string>();
        while (await ReadLineAsync(reader, stream, stop) is { } line)
        {
            string answer;
            switch (VerbOf(line))
            {
                case "EHLO":
                    (sender, answer) = (null, $"250-localhost\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE {MaxMail}");
                    break;
                case "HELO":
                    (sender, answer) = (null, "250 localhost");
                    break;
                case "RSET":
                    (sender, answer) = (null, "250 OK");
                    break;
                case "NOOP":
                    answer = "250 OK";
                    break;
                case "MAIL" when AddressIn(line, "FROM:") is { } address:
                    (sender, answer) = (address, "250 OK");
                    recipients.Clear();
                    break;
                case "RCPT" when sender is not null && recipients.Count < MaxRecipients && AddressIn(line, "TO:") is { } address:
                    recipients.Add(address);
                    answer = "250 OK";
                    break;
                case "DATA" when sender is not null && recipients.Count > 0:
                    await SayAsync(stream, "354 End with a line that is a dot", stop);
                    answer = await TakeMailAsync(reader, stream, sender, recipients, stop);
                    sender = null;
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 Goodbye", stop);
                    return;
                default:
                    answer = "503 Not known, or not now";
                    break;
            }

            await SayAsync(stream, answer, stop);
        }
    }

    private async Task<string> TakeMailAsync(LineReader reader, Stream stream, string sender, List<string> recipients, CancellationToken stop)
    {
        int size = 0;
        while (await ReadLineAsync(reader, stream, stop) is { } line)
        {
            if (line == ".")
            {
                if (size > MaxMail)
                {
                    return "552 Too large";
                }

                Console.WriteLine($"{peer}: {size} bytes from {sender} to {string.Join(", ", recipients)}");
                return "250 Taken";
            }

            size = Math.Min(size + (line.StartsWith('.') ? line.Length - 1 : line.Length) + 2, MaxMail + 1);
        }

        throw new InvalidDataException("the mail has no end");
    }

    /// <summary>Tells the client why it is sent away, where it is about its lines.</summary>
    private static async Task<string?> ReadLineAsync(LineReader reader, Stream stream, CancellationToken stop)
    {
        try
        {
            return await reader.ReadLineAsync(stop);
        }
        catch (InvalidDataException e)
        {
            await SayAsync(stream, $"500 Goodbye: {e.Message}", stop);
            throw;
        }
    }

    private static string VerbOf(string line) => line.Split(' ', 2)[0].ToUpperInvariant();

    /// <returns>What stands between the angle brackets; null where the command is written in another way.</returns>
    private static string? AddressIn(string line, string keyword)
    {
        int start = line.IndexOf(' ') + 1;
        int end = line.IndexOf('>');
        return line.AsSpan(start).StartsWith(keyword + "<", StringComparison.OrdinalIgnoreCase) && end > start + keyword.Length
            ? ErrorText.OneLine(line[(start + keyword.Length + 1)..end])
            : null;
    }

    private static async Task SayAsync(Stream stream, string text, CancellationToken stop) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), stop);
}
