using System.Diagnostics;
using System.Net;
using System.Security.Authentication;

namespace S2nTls.Telemetry;

/// <summary>
/// The activity of a handshake, with the names of SslStream's: sources may share a name, so whoever listens to SslStream's handshakes sees these.
/// </summary>
internal static class HandshakeActivity
{
    internal const string SourceName = "Experimental.System.Net.Security";
    internal const string ActivityName = SourceName + ".TlsHandshake";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <returns>Null if nobody wants it.</returns>
    internal static Activity? Start(bool isServer, string targetHost)
    {
        if (!s_source.HasListeners() || s_source.StartActivity(ActivityName) is not { } activity)
        {
            return null;
        }

        activity.DisplayName = isServer ? "TLS server handshake" : $"TLS client handshake {targetHost}";
        if (activity.IsAllDataRequested && !isServer)
        {
            activity.SetTag(TagNames.ServerAddress, targetHost);
        }

        return activity;
    }

    internal static void Succeed(Activity activity, SslProtocols protocol, in HandshakeSuccess success)
    {
        if (activity.IsAllDataRequested)
        {
            activity.SetTag(TagNames.ProtocolName, TagValues.Tls);
            activity.SetTag(TagNames.ProtocolVersion, TagValues.Version(protocol));
            activity.SetTag(TagNames.Cipher, success.CipherSuite.ToString());
            activity.SetTag(TagNames.Curve, success.Group is { } group ? TagValues.Of(group) : null);
            activity.SetTag(TagNames.Resumed, TagValues.Of(success.IsResumed));
            activity.SetTag(TagNames.NextProtocol, success.ApplicationProtocol.Protocol.IsEmpty ? null : success.ApplicationProtocol.ToString());
            SetPeer(activity, success.Peer);
        }

        activity.Stop();
    }

    internal static void Fail(Activity activity, in HandshakeFailure failure)
    {
        activity.SetStatus(ActivityStatusCode.Error, failure.Exception.Message);
        if (activity.IsAllDataRequested)
        {
            activity.SetTag(TagNames.ErrorType, failure.Exception.GetType().FullName); // as SslStream's has it
            activity.SetTag(TagNames.ErrorName, failure.Error);
            activity.SetTag(TagNames.LastMessage, failure.LastMessage);
            activity.SetTag(TagNames.Alert, failure.Alert is { } alert ? TagValues.Of(alert) : null);
            SetPeer(activity, failure.Peer);
        }

        activity.Stop();
    }

    private static void SetPeer(Activity activity, EndPoint? peer)
    {
        if (peer is IPEndPoint address)
        {
            activity.SetTag(TagNames.PeerAddress, address.Address.ToString());
            activity.SetTag(TagNames.PeerPort, address.Port);
        }
    }
}
