using System.Security.Authentication;

namespace S2nTls.Tests.Streams;

/// <summary>What the two ends of a connection can export, and when they can.</summary>
public class KeyingMaterialTests
{
    private const string Label = "EXPERIMENTAL-s2nstream-test";

    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Both_ends_export_the_same_for_the_same_label_context_and_length(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        foreach (int length in (int[])[1, 12, 32, 33, 48, 100, 8160])
        {
            Assert.Equal(pair.Client.ExportKeyingMaterial(Label, length), pair.Server.ExportKeyingMaterial(Label, length));
            Assert.Equal(pair.Client.ExportKeyingMaterial(Label, "a"u8, length), pair.Server.ExportKeyingMaterial(Label, "a"u8, length));
        }

        byte[] longest = new byte[ushort.MaxValue];
        Assert.Equal(pair.Client.ExportKeyingMaterial(Label, longest, 32), pair.Server.ExportKeyingMaterial(Label, longest, 32));
    }

    [Fact]
    public async Task A_challenge_that_is_bound_to_the_connection_is_the_same_on_both_sides()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        Assert.Equal(Challenge(pair.Client), Challenge(pair.Server));

        static byte[] Challenge(S2nStream tls)
        {
            #region snippet exporter
            byte[] challenge = tls.ExportKeyingMaterial("EXPERIMENTAL-example-challenge", "user=alice"u8, length: 32);
            #endregion
            return challenge;
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task The_span_overloads_export_what_the_others_do(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        byte[] destination = new byte[50];
        pair.Server.ExportKeyingMaterial(Label, destination);
        Assert.Equal(pair.Client.ExportKeyingMaterial(Label, 50), destination);
        pair.Server.ExportKeyingMaterial(Label, "context"u8, destination);
        Assert.Equal(pair.Client.ExportKeyingMaterial(Label, "context"u8, 50), destination);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Another_label_context_or_connection_gives_something_else(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        await using TlsPair other = await TlsPair.InMemoryAsync(protocol);
        byte[][] exports =
        [
            pair.Client.ExportKeyingMaterial(Label, "a"u8, 32),
            pair.Client.ExportKeyingMaterial(Label, "b"u8, 32),
            pair.Client.ExportKeyingMaterial(Label + "2", "a"u8, 32),
            other.Client.ExportKeyingMaterial(Label, "a"u8, 32),
        ];
        Assert.Equal(exports.Length, exports.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task No_context_is_an_empty_one_on_Tls13_and_something_else_on_Tls12()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        Assert.Equal(pair.Client.ExportKeyingMaterial(Label, 32), pair.Server.ExportKeyingMaterial(Label, [], 32));
        await using TlsPair older = await TlsPair.InMemoryAsync(SslProtocols.Tls12);
        Assert.NotEqual(older.Client.ExportKeyingMaterial(Label, 32), older.Client.ExportKeyingMaterial(Label, [], 32));
        Assert.Equal(older.Client.ExportKeyingMaterial(Label, [], 32), older.Server.ExportKeyingMaterial(Label, [], 32));
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task It_can_be_exported_beside_reads_and_writes_and_stays_the_same(SslProtocols protocol)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(protocol);
        byte[] first = pair.Client.ExportKeyingMaterial(Label, 32);
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            byte[] data = new byte[10_000];
            while (!stop.IsCancellationRequested)
            {
                await pair.Client.WriteAsync(data);
            }

            await pair.Client.ShutdownWriteAsync();
        });
        Task reading = Task.Run(async () =>
        {
            byte[] buffer = new byte[20_000];
            while (await pair.Server.ReadAsync(buffer) > 0)
            {
            }
        });
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(first, pair.Client.ExportKeyingMaterial(Label, 32));
            Assert.Equal(first, pair.Server.ExportKeyingMaterial(Label, 32));
        }

        await stop.CancelAsync();
        await Task.WhenAll(writing, reading).WithDeadline();
    }

    [Fact]
    public async Task Arguments_out_of_range_are_refused()
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync();
        S2nStream stream = pair.Client;
        Assert.Throws<ArgumentNullException>("label", () => stream.ExportKeyingMaterial(null!, 1));
        Assert.Throws<ArgumentException>("label", () => stream.ExportKeyingMaterial("", 1));
        Assert.Throws<ArgumentException>("label", () => stream.ExportKeyingMaterial("naïve", 1));
        Assert.Throws<ArgumentException>("label", () => stream.ExportKeyingMaterial(new string('a', 250), 1));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => stream.ExportKeyingMaterial(Label, 0));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => stream.ExportKeyingMaterial(Label, -1));
        Assert.Throws<ArgumentOutOfRangeException>("length", () => stream.ExportKeyingMaterial(Label, 8161));
        Assert.Throws<ArgumentException>("context", () => stream.ExportKeyingMaterial(Label, new byte[65536], 1));
        Assert.Throws<ArgumentException>("destination", () => stream.ExportKeyingMaterial(Label, Span<byte>.Empty));
        Assert.Throws<ArgumentException>("destination", () => stream.ExportKeyingMaterial(Label, new byte[8161]));
        Assert.NotEmpty(stream.ExportKeyingMaterial(new string('a', 249), 1));
    }

    [Theory]
    [InlineData("client finished")]
    [InlineData("server finished")]
    [InlineData("master secret")]
    [InlineData("extended master secret")]
    [InlineData("key expansion")]
    public async Task The_labels_of_Tls_itself_are_refused(string reserved)
    {
        await using TlsPair pair = await TlsPair.InMemoryAsync(SslProtocols.Tls12);
        Assert.Throws<ArgumentException>("label", () => pair.Client.ExportKeyingMaterial(reserved, 32));
    }

    [Fact]
    public async Task Only_an_authenticated_stream_that_is_not_disposed_exports()
    {
        using (var stream = new S2nStream(DuplexPipe.CreateStreams().Client))
        {
            Assert.Throws<InvalidOperationException>(() => stream.ExportKeyingMaterial(Label, 32));
            Assert.Throws<InvalidOperationException>(stream.GetTlsExporterChannelBinding);
        }

        TlsPair pair = await TlsPair.InMemoryAsync();
        await pair.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => pair.Client.ExportKeyingMaterial(Label, 32));
        Assert.Throws<ObjectDisposedException>(pair.Client.GetTlsExporterChannelBinding);
    }

    [Fact]
    public async Task A_disposal_on_another_thread_is_an_ObjectDisposedException_or_comes_too_late()
    {
        for (int i = 0; i < 20; i++)
        {
            await using TlsPair pair = await TlsPair.InMemoryAsync(i % 2 == 0 ? SslProtocols.Tls12 : SslProtocols.Tls13);
            Task exporting = Task.Run(() =>
            {
                while (true)
                {
                    pair.Client.ExportKeyingMaterial(Label, 32);
                    pair.Client.TransportContext.GetChannelBinding(System.Security.Authentication.ExtendedProtection.ChannelBindingKind.Unique)?.Dispose();
                    pair.Client.GetTlsExporterChannelBinding()?.Dispose();
                }
            });
            await Task.Delay(5);
            await pair.Client.DisposeAsync().AsTask().WithDeadline();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => exporting.WithDeadline());
        }
    }
}
