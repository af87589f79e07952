using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;

namespace S2nTls.AspNetCore.Handshakes;

/// <summary>
/// Kestrel's own instruments for handshakes: a meter from its factory with its name returns the same instruments, if name, unit and description
/// are equal.
/// </summary>
internal sealed class HandshakeMetrics
{
    private const string ErrorType = "error.type";

    private static readonly InstrumentAdvice<double> s_buckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _duration;

    internal HandshakeMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Microsoft.AspNetCore.Server.Kestrel");
        _active = meter.CreateUpDownCounter<long>(
            "kestrel.active_tls_handshakes", "{handshake}", "Number of TLS handshakes that are currently in progress on the server.");
        _duration = meter.CreateHistogram(
            "kestrel.tls_handshake.duration", "s", "The duration of TLS handshakes on the server.", tags: null, s_buckets);
    }

    /// <returns>The value to pass to <see cref="Stop"/>.</returns>
    internal HandshakeTiming Start(ConnectionContext connection)
    {
        bool isCounted = _active.Enabled;
        if (isCounted)
        {
            _active.Add(1, ConnectionTags(connection));
        }

        return new HandshakeTiming(Stopwatch.GetTimestamp(), isCounted);
    }

    internal void Stop(ConnectionContext connection, HandshakeTiming timing, SslProtocols protocol, Exception? error)
    {
        if (!timing.IsCounted && !_duration.Enabled)
        {
            return;
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(timing.Start);
        TagList tags = ConnectionTags(connection);
        if (timing.IsCounted)
        {
            _active.Add(-1, tags);
        }

        if (VersionTag(protocol) is { } version)
        {
            tags.Add(version);
        }

        if (error is not null)
        {
            tags.Add(ErrorType, KestrelsName(error));
        }

        _duration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>Tags for the connection's own instrument.</summary>
    internal static void TagConnection(ICollection<KeyValuePair<string, object?>> tags, SslProtocols protocol, bool failed)
    {
        if (VersionTag(protocol) is { } version)
        {
            tags.Add(version);
        }

        if (failed && !tags.Any(tag => tag.Key == ErrorType))
        {
            tags.Add(new(ErrorType, "tls_handshake_failed"));
        }
    }

    /// <summary>Our exceptions get the name of the exception that SslStream throws instead, from which they derive.</summary>
    private static string? KestrelsName(Exception error)
    {
        Type type = error.GetType();
        while (type.Assembly == typeof(S2nException).Assembly)
        {
            type = type.BaseType!;
        }

        return type.FullName;
    }

    private static KeyValuePair<string, object?>? VersionTag(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => new("tls.protocol.version", "1.3"),
        SslProtocols.Tls12 => new("tls.protocol.version", "1.2"),
#pragma warning disable SYSLIB0039, CA5397, CS0618 // only to name them
        SslProtocols.Tls11 => new("tls.protocol.version", "1.1"),
        SslProtocols.Tls => new("tls.protocol.version", "1.0"),
#pragma warning restore SYSLIB0039, CA5397, CS0618
        _ => null,
    };

    private static TagList ConnectionTags(ConnectionContext connection)
    {
        var tags = new TagList();
        switch (connection.LocalEndPoint)
        {
            case IPEndPoint ip:
                tags.Add("server.address", ip.Address.ToString());
                tags.Add("server.port", ip.Port);
                tags.Add("network.type", ip.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6");
                tags.Add("network.transport", "tcp");
                break;
            case UnixDomainSocketEndPoint unix:
                tags.Add("server.address", unix.ToString());
                tags.Add("network.transport", "unix");
                break;
            case { } other:
                tags.Add("server.address", other.ToString());
                tags.Add("network.transport", other.AddressFamily.ToString());
                break;
            default:
                break;
        }

        return tags;
    }
}
