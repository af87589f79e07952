using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace S2nTls.Tests.Behaviours;

/// <summary>What people put on top of a stream.</summary>
public class Composing
{
    [Theory, OverPairs]
    public async Task StreamReader_and_StreamWriter_exchange_lines(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await using var writer = new StreamWriter(tls.Subject, leaveOpen: true) { AutoFlush = true };
        using var reader = new StreamReader(tls.Subject, leaveOpen: true);
        await writer.WriteLineAsync("a question");
        using var peerReader = new StreamReader(tls.Peer, leaveOpen: true);
        Assert.Equal("a question", await peerReader.ReadLineAsync().WithDeadline());
        await tls.Peer.SendAsync("an answer\nand ");
        Assert.Equal("an answer", await reader.ReadLineAsync().WithDeadline());
        await tls.Peer.SendAsync("another\n");
        Assert.Equal("and another", reader.ReadLine());
    }

    [Theory, OverPairs]
    public async Task StreamReader_reads_to_the_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        string text = string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"line {i} – höher"));
        Task write = Task.Run(async () =>
        {
            await tls.Peer.WriteAsync(Encoding.UTF8.GetBytes(text));
            await tls.PeerEnd.ShutdownAsync();
        });
        using var reader = new StreamReader(tls.Subject, leaveOpen: true);
        Assert.Equal(text, await reader.ReadToEndAsync().WithDeadline());
        await write.WithDeadline();
    }

    [Theory, OverPairs]
    public async Task Disposing_a_StreamWriter_sends_what_it_holds_and_disposes_the_stream(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await using (var writer = new StreamWriter(tls.Subject))
        {
            await writer.WriteAsync("held back");
        }

        await tls.Peer.ExpectAsync("held back");
        Assert.False(tls.Subject.CanWrite);
    }

    [Theory, OverPairs]
    public async Task BinaryReader_and_BinaryWriter_exchange_values(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        using (var writer = new BinaryWriter(tls.Subject, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(42);
            writer.Write("text");
            writer.Write(3.5);
            writer.Write(new byte[] { 1, 2, 3 });
        }

        using var reader = new BinaryReader(tls.Peer, Encoding.UTF8, leaveOpen: true);
        Assert.Equal((42, "text", 3.5), (reader.ReadInt32(), reader.ReadString(), reader.ReadDouble()));
        Assert.Equal([1, 2, 3], reader.ReadBytes(3));
    }

    [Theory, OverPairs]
    public async Task BinaryReader_reads_from_it_and_meets_the_end(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await tls.Peer.WriteAsync(new byte[] { 1, 0, 0, 0, 2, 0 }).WithDeadline();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        using var reader = new BinaryReader(tls.Subject, Encoding.UTF8, leaveOpen: true);
        Assert.Equal(1, reader.ReadInt32());
        Assert.Throws<EndOfStreamException>(() => reader.ReadInt32());
    }

    [Theory, OverPairs]
    public async Task BufferedStream_joins_small_writes(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, wrap: inner => new CountingStream(inner));
        var inner = (CountingStream)tls.SubjectEnd.Inner;
        int before = inner.AsyncWrites + inner.Writes;
        var buffered = new BufferedStream(tls.Subject, 4096);
        for (int i = 0; i < 100; i++)
        {
            buffered.WriteByte((byte)i);
        }

        await buffered.FlushAsync().WithDeadline();
        Assert.Equal(before + 1, inner.AsyncWrites + inner.Writes);
        byte[] received = new byte[100];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        Assert.Equal(99, received[99]);
    }

    [Theory, OverPairs]
    public async Task BufferedStream_reads_and_writes_on_one_connection(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        var buffered = new BufferedStream(tls.Subject);
        await tls.Peer.SendAsync("abcd");
        Assert.Equal('a', buffered.ReadByte());
        byte[] rest = new byte[3];
        buffered.ReadExactly(rest);
        Assert.Equal("bcd"u8.ToArray(), rest);
        buffered.Write("efg"u8);
        buffered.Flush();
        await tls.Peer.ExpectAsync("efg");
    }

    [Theory, OverPairs]
    public async Task PipeReader_takes_data_in_pieces_of_its_own_choice(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        PipeReader reader = PipeReader.Create(tls.Subject, new StreamPipeReaderOptions(leaveOpen: true));
        byte[] sent = Calls.Pattern(100_000);
        Task write = Task.Run(async () =>
        {
            await tls.Peer.WriteAsync(sent);
            await tls.PeerEnd.ShutdownAsync();
        });
        using var received = new MemoryStream();
        while (true)
        {
            ReadResult result = await reader.ReadAsync().WithDeadline();
            foreach (ReadOnlyMemory<byte> piece in result.Buffer)
            {
                received.Write(piece.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
        await write.WithDeadline();
        Assert.Equal(sent, received.ToArray());
    }

    [Theory, OverPairs]
    public async Task PipeReader_with_zero_byte_reads_works(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        PipeReader reader = PipeReader.Create(tls.Subject, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        Task<ReadResult> read = reader.ReadAsync().AsTask();
        await Task.Delay(10);
        Assert.False(read.IsCompleted);
        await tls.Peer.SendAsync("data");
        ReadResult result = await read.WithDeadline();
        Assert.Equal(4, result.Buffer.Length);
        reader.AdvanceTo(result.Buffer.End);
        await reader.CompleteAsync();
        await tls.ExpectAliveAsync();
    }

    [Theory, OverPairs]
    public async Task PipeReaders_pending_read_can_be_cancelled_and_repeated(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        PipeReader reader = PipeReader.Create(tls.Subject, new StreamPipeReaderOptions(leaveOpen: true));
        Task<ReadResult> read = reader.ReadAsync().AsTask();
        reader.CancelPendingRead();
        Assert.True((await read.WithDeadline()).IsCanceled);
        await tls.Peer.SendAsync("data");
        ReadResult result = await reader.ReadAsync().WithDeadline();
        Assert.Equal(4, result.Buffer.Length);
        await reader.CompleteAsync();
    }

    [Theory, OverPairs]
    public async Task PipeWriter_sends_what_is_flushed(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        PipeWriter writer = PipeWriter.Create(tls.Subject, new StreamPipeWriterOptions(leaveOpen: true));
        "through a pipe"u8.CopyTo(writer.GetSpan(14));
        writer.Advance(14);
        await writer.FlushAsync().WithDeadline();
        await tls.Peer.ExpectAsync("through a pipe");
        await writer.CompleteAsync();
    }

    [Theory, OverPairs]
    public async Task CopyToAsync_copies_out_of_it_with_buffers_of_every_size(Pair pair)
    {
        foreach (int size in (int[])[1, 7, 4096, 81920, 1_000_000])
        {
            await using Connection tls = await Connection.OpenAsync(pair);
            byte[] sent = Calls.Pattern(size == 1 ? 3000 : 150_000);
            Task write = Task.Run(async () =>
            {
                await tls.Peer.WriteAsync(sent);
                await tls.PeerEnd.ShutdownAsync();
            });
            using var copy = new MemoryStream();
            await tls.Subject.CopyToAsync(copy, size).WithDeadline();
            await write.WithDeadline();
            Assert.Equal(sent, copy.ToArray());
        }
    }

    [Theory, OverPairs]
    public async Task CopyTo_copies_out_of_it(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        byte[] sent = Calls.Pattern(150_000);
        using var copy = new MemoryStream();
        Task copying = Calls.Blocking(() => tls.Subject.CopyTo(copy, 1000));
        await tls.Peer.WriteAsync(sent).WithDeadline();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        await copying.WithDeadline();
        Assert.Equal(sent, copy.ToArray());
    }

    [Theory, OverPairs]
    public async Task CopyToAsync_copies_into_it_with_buffers_of_every_size(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        foreach (int size in (int[])[10, 4096, 1_000_000])
        {
            byte[] sent = Calls.Pattern(size == 10 ? 5000 : 150_000);
            using var source = new MemoryStream(sent);
            Task copy = Task.Run(() => source.CopyToAsync(tls.Subject, size));
            byte[] received = new byte[sent.Length];
            await tls.Peer.ReadExactlyAsync(received).WithDeadline();
            await copy.WithDeadline();
            Assert.Equal(sent, received);
        }
    }

    [Theory, OverPairs]
    public async Task CopyTo_copies_into_it(Pair pair)
    {
        await using Connection tls = await Connection.OverTcpAsync(pair);
        byte[] sent = Calls.Pattern(150_000);
        using var source = new MemoryStream(sent);
        Task copy = Calls.Blocking(() => source.CopyTo(tls.Subject, 1000));
        byte[] received = new byte[sent.Length];
        await tls.Peer.ReadExactlyAsync(received).WithDeadline();
        await copy.WithDeadline();
        Assert.Equal(sent, received);
    }

    [Theory, OverPairs]
    public async Task It_can_echo_into_itself(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        Task echo = tls.Subject.CopyToAsync(tls.Subject);
        await tls.Peer.SendAsync("hello");
        await tls.Peer.ExpectAsync("hello");
        await tls.Peer.SendAsync("again");
        await tls.Peer.ExpectAsync("again");
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        await echo.WithDeadline();
    }

    [Theory, OverPairs]
    public async Task Compressed_data_goes_through_it(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        byte[] sent = Calls.Pattern(200_000);
        Task write = Task.Run(async () =>
        {
            await using (var zip = new GZipStream(tls.Subject, CompressionLevel.Fastest, leaveOpen: true))
            {
                await zip.WriteAsync(sent);
            }

            await tls.SubjectEnd.ShutdownAsync();
        });
        using var received = new MemoryStream();
        await using (var unzip = new GZipStream(tls.Peer, CompressionMode.Decompress, leaveOpen: true))
        {
            await unzip.CopyToAsync(received).WithDeadline();
        }

        await write.WithDeadline();
        Assert.Equal(sent, received.ToArray());
    }

    [Theory, OverPairs]
    public async Task Compressed_data_comes_out_of_it(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        await using (var zip = new GZipStream(tls.Peer, CompressionLevel.Fastest, leaveOpen: true))
        {
            await zip.WriteAsync("squeezed"u8.ToArray()).WithDeadline();
        }

        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        using var unzip = new StreamReader(new GZipStream(tls.Subject, CompressionMode.Decompress, leaveOpen: true));
        Assert.Equal("squeezed", await unzip.ReadToEndAsync().WithDeadline());
    }

    [Theory, OverPairs]
    public async Task Json_goes_through_it_in_both_directions(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair);
        int[] values = [.. Enumerable.Range(0, 1000)];
        await JsonSerializer.SerializeAsync(tls.Subject, values).WithDeadline();
        await tls.SubjectEnd.ShutdownAsync().WithDeadline();
        Assert.Equal(values, await JsonSerializer.DeserializeAsync<int[]>(tls.Peer).WithDeadline());
        await JsonSerializer.SerializeAsync(tls.Peer, "answer").WithDeadline();
        await tls.PeerEnd.ShutdownAsync().WithDeadline();
        Assert.Equal("answer", await JsonSerializer.DeserializeAsync<string>(tls.Subject).WithDeadline());
    }

    [Theory, OverPairs]
    public async Task A_synchronized_wrapper_lets_one_thread_in_at_a_time(Pair pair)
    {
        await using Connection tls = await Connection.OpenAsync(pair, pauseAt: 0);
        Stream synchronized = Stream.Synchronized(tls.Subject);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Calls.Blocking(() =>
        {
            for (int k = 0; k < 50; k++)
            {
                synchronized.Write([(byte)'a', (byte)'b', (byte)'c'], 0, 3);
            }
        }))).WithDeadline();
        await tls.Peer.ExpectAsync(string.Concat(Enumerable.Repeat("abc", 200)));
    }
}
