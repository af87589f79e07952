using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Http.Carrier;

/// <summary>
/// Carries an <see cref="S2nStream"/> through the connection pool of <see cref="SocketsHttpHandler"/>, which accepts an <see cref="SslStream"/> as
/// an already secure connection and wraps any other stream in one.
/// </summary>
/// <remarks>
/// <para>
/// The pool reads two properties: the application protocol, which is not virtual, and the protocol version. Therefore the carrier is a copy of a
/// <see cref="CarrierTemplate"/> that was authenticated with that application protocol. Nothing else that the copy has from the template is used:
/// reads, writes and closing go to the carried stream.
/// </para>
/// <para>
/// The copy and the template share SslStream's state. It belongs to the template, which lives as long as the process: a carrier never disposes it,
/// and is not finalized.
/// </para>
/// </remarks>
[SuppressMessage("Usage", "CA2215:Dispose methods should call base class dispose", Justification = "The base class's state belongs to the template.")]
[SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "Finalization is suppressed when the copy is made.")]
internal sealed class CarrierStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: true)
{
    private S2nStream? _carried;

    /// <summary>The carried stream. A template carries none.</summary>
    internal S2nStream Carried => _carried ?? throw new InvalidOperationException("A template carries no stream.");

    /// <summary>The address at the other end of the transport; null if it is not known, or nobody asks for it.</summary>
    internal IPEndPoint? RemoteEndPoint { get; set; }

    /// <inheritdoc/>
    public override SslProtocols SslProtocol => Carried.SslProtocol;

    /// <inheritdoc/>
    public override TlsCipherSuite NegotiatedCipherSuite => Carried.NegotiatedCipherSuite;

    /// <inheritdoc/>
    public override X509Certificate? RemoteCertificate => Carried.RemoteCertificate;

    /// <inheritdoc/>
    public override X509Certificate? LocalCertificate => Carried.LocalCertificate;

    /// <inheritdoc/>
    public override bool CheckCertRevocationStatus => Carried.CheckCertRevocationStatus;

    /// <inheritdoc/>
    public override bool IsAuthenticated => _carried?.IsAuthenticated ?? base.IsAuthenticated;

    /// <inheritdoc/>
    public override bool IsMutuallyAuthenticated => Carried.IsMutuallyAuthenticated;

    /// <inheritdoc/>
    public override bool IsEncrypted => Carried.IsEncrypted;

    /// <inheritdoc/>
    public override bool IsSigned => Carried.IsSigned;

    /// <inheritdoc/>
    public override bool CanRead => Carried.CanRead;

    /// <inheritdoc/>
    public override bool CanWrite => Carried.CanWrite;

    /// <inheritdoc/>
    public override bool CanTimeout => Carried.CanTimeout;

    /// <inheritdoc/>
    public override int ReadTimeout
    {
        get => Carried.ReadTimeout;
        set => Carried.ReadTimeout = value;
    }

    /// <inheritdoc/>
    public override int WriteTimeout
    {
        get => Carried.WriteTimeout;
        set => Carried.WriteTimeout = value;
    }

    /// <summary>Makes a copy that carries a stream. Call it only on a template.</summary>
    internal CarrierStream Carrying(S2nStream stream)
    {
        var copy = (CarrierStream)MemberwiseClone();
        GC.SuppressFinalize(copy);
        copy._carried = stream;
        return copy;
    }

    /// <inheritdoc/>
    public override Task ShutdownAsync() => Carried.ShutdownAsync();

    /// <inheritdoc/>
    public override Task NegotiateClientCertificateAsync(CancellationToken cancellationToken = default) =>
        Carried.NegotiateClientCertificateAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Carried.Read(buffer);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Carried.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override int ReadByte() => Carried.ReadByte();

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Carried.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Carried.ReadAsync(buffer, offset, count, cancellationToken);

    /// <inheritdoc/>
    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        Carried.BeginRead(buffer, offset, count, asyncCallback, asyncState);

    /// <inheritdoc/>
    public override int EndRead(IAsyncResult asyncResult) => Carried.EndRead(asyncResult);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Carried.Write(buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Carried.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void WriteByte(byte value) => Carried.WriteByte(value);

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Carried.WriteAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Carried.WriteAsync(buffer, offset, count, cancellationToken);

    /// <inheritdoc/>
    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? asyncCallback, object? asyncState) =>
        Carried.BeginWrite(buffer, offset, count, asyncCallback, asyncState);

    /// <inheritdoc/>
    public override void EndWrite(IAsyncResult asyncResult) => Carried.EndWrite(asyncResult);

    /// <inheritdoc/>
    public override void Flush() => Carried.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Carried.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _carried?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _carried?.Dispose();
        }
    }
}
