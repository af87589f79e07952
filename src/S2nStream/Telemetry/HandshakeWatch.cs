using System.Diagnostics;
using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>Follows one handshake from its beginning to its end: exactly one of <see cref="Succeed"/> and <see cref="Fail"/> is called.</summary>
internal readonly struct HandshakeWatch
{
    private readonly Activity? _activity;
    private readonly long _start;

    private HandshakeWatch(Activity? activity)
    {
        _activity = activity;
        _start = Stopwatch.GetTimestamp();
    }

    /// <summary>Whether anyone wants to know what was negotiated.</summary>
    internal bool WantsDetails => S2nMeter.HandshakeDuration.Enabled || _activity is { IsAllDataRequested: true };

    /// <summary>Called by an asynchronous method, for whose rest the activity is the current one.</summary>
    internal static HandshakeWatch Begin(bool isServer, string targetHost)
    {
        HandshakeCounts.Begin(isServer);
        S2nEventSource.Log.TellHandshakeStart(isServer, targetHost);
        return new HandshakeWatch(HandshakeActivity.Start(isServer, targetHost));
    }

    /// <param name="isServer">The side.</param>
    /// <param name="protocol">The version.</param>
    /// <param name="success">What was negotiated, if <see cref="WantsDetails"/>.</param>
    internal void Succeed(bool isServer, SslProtocols protocol, in HandshakeSuccess success)
    {
        HandshakeCounts.End(isServer, hasFailed: false);
        TimeSpan duration = Stopwatch.GetElapsedTime(_start);
        S2nEventSource.Log.TellHandshakeSuccess(protocol, duration);
        if (S2nMeter.HandshakeDuration.Enabled)
        {
            var tags = new TagList
            {
                { TagNames.Side, TagValues.Side(isServer) },
                { TagNames.ProtocolName, TagValues.Tls },
                { TagNames.ProtocolVersion, TagValues.Version(protocol) },
                { TagNames.Cipher, success.CipherSuite.ToString() },
                { TagNames.Resumed, TagValues.Of(success.IsResumed) },
            };
            if (success.Group is { } group)
            {
                tags.Add(TagNames.Curve, TagValues.Of(group));
            }

            S2nMeter.HandshakeDuration.Record(duration.TotalSeconds, tags);
        }

        if (_activity is not null)
        {
            HandshakeActivity.Succeed(_activity, protocol, success);
        }
    }

    internal void Fail(bool isServer, in HandshakeFailure failure)
    {
        HandshakeCounts.End(isServer, hasFailed: true);
        TimeSpan duration = Stopwatch.GetElapsedTime(_start);
        S2nEventSource.Log.TellHandshakeFailure(isServer, duration, failure);
        if (S2nMeter.HandshakeDuration.Enabled)
        {
            S2nMeter.HandshakeDuration.Record(
                duration.TotalSeconds,
                new(TagNames.Side, TagValues.Side(isServer)),
                new KeyValuePair<string, object?>(TagNames.ErrorType, failure.Error));
        }

        if (_activity is not null)
        {
            HandshakeActivity.Fail(_activity, failure);
        }
    }
}
