using S2nTls.Certificates.Verification;
using S2nTls.Errors;
using S2nTls.Interop;
using S2nTls.Wire;

namespace S2nTls.Engine.Handshake;

/// <content>What s2n asks during a call of the handshake (<see cref="ConnectionOwner"/>).</content>
internal sealed partial class TlsHandshake
{
    /// <inheritdoc cref="ConnectionOwner.Receive"/>
    internal int Take(Span<byte> destination)
    {
        int taken = TakeInbound(destination);
        if (taken > 0)
        {
            ReadOnlySpan<byte> bytes = destination[..taken];
            _firstBytes.See(bytes);
            CertificateReader?.Append(bytes);
            _transcript.Received(bytes);
        }

        return taken;
    }

    /// <inheritdoc cref="ConnectionOwner.Send"/>
    internal void Sent(ReadOnlySpan<byte> ciphertext)
    {
        _transcript.Sent(ciphertext);
        if (ciphertext is [ContentType.Alert, _, _, 0, 2, _, byte description]) // an encrypted one is longer
        {
            AlertInTheClear = (TlsAlert)description;
        }
    }

    /// <summary>Called for each name in the certificate, of any type; true is not final (<see cref="PeerVerdict"/>).</summary>
    internal bool AcceptsName(ReadOnlySpan<byte> name) => _plan.Host!.MayBe(name);

    /// <inheritdoc cref="ConnectionOwner.TakeClientHello"/>
    internal bool TakeClientHello(nint connection)
    {
        if (ApplicationProtocolOffer.Fits(NativeClientHello.Of(connection), _plan.Context.Settings.ApplicationProtocols))
        {
            return true;
        }

        Refusal = S2nFault.NoApplicationProtocol();
        return false;
    }

    /// <inheritdoc cref="ConnectionOwner.JudgeCertificate"/>
    internal bool JudgeCertificate(nint connection, nint info)
    {
        try
        {
            Refusal = _verdict.On(connection);
        }
        catch (Exception e)
        {
            Refusal = CertificateRefusal.ValidationThrew(e);
            throw;
        }

        return Refusal is null && S2n.s2n_cert_validation_accept(info) == S2n.Success;
    }

    /// <inheritdoc cref="ConnectionOwner.TakeSecret"/>
    internal void TakeSecret(ReadOnlySpan<byte> line)
    {
        CertificateReader?.TakeSecret(line);
        Flight?.TakeSecret(line);
    }

    /// <inheritdoc cref="ConnectionOwner.TakePrivateKeyOperation"/>
    internal bool TakePrivateKeyOperation(nint connection, PrivateKeyOperationHandle operation)
    {
        try
        {
            PrivateKeyOperations.Take(this, connection, operation);
            return true;
        }
        catch (Exception e)
        {
            operation.Dispose();
            _privateKeyFailure = e; // kept separately: s2n has a name for it
            return false;
        }
    }

    /// <inheritdoc cref="ConnectionOwner.TakeEarlyDataOffer"/>
    internal bool TakeEarlyDataOffer(nint connection, nint offer)
    {
        Raise(EarlyDataQuestion.For(this, _plan.Context.Settings.EarlyDataGuard!, connection, offer));
        return true;
    }

    /// <summary>s2n asks once for each certificate that the peer sent, in order.</summary>
    /// <inheritdoc cref="ConnectionOwner.TakeRevocationLookup"/>
    internal bool TakeRevocationLookup(nint lookup)
    {
        (_revocationLookups ??= []).Add(lookup);
        return true;
    }

    private int TakeInbound(Span<byte> destination)
    {
        if (Flight is not { } flight)
        {
            return Connection.Inbound.Take(destination);
        }

        int taken = flight.Take(destination, Connection.Inbound);
        if (flight.IsOver)
        {
            Flight = null;
        }

        return taken > 0 || Flight is not null ? taken : Connection.Inbound.Take(destination);
    }
}
