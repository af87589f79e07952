using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.ExceptionServices;
using System.Runtime.Versioning;
using S2nTls.Engine;
using S2nTls.Interop;
using S2nTls.Translation;
using S2nTls.Transport;

namespace S2nTls;

/// <summary>
/// A stream that speaks TLS through s2n-tls over another stream or pipe, instead of <see cref="SslStream"/>: authenticate as client or server,
/// then read and write.
/// </summary>
/// <remarks>
/// <para>
/// Threads: one reader and one writer may work at the same time, on any threads. A second concurrent read or write throws
/// <see cref="NotSupportedException"/> and does no harm. <see cref="ShutdownWriteAsync"/> waits for a pending write.
/// <see cref="Stream.Dispose()"/> may be called at any time, from any thread: it ends pending operations with an
/// <see cref="ObjectDisposedException"/>.
/// </para>
/// <para>
/// A cancelled read loses nothing: its bytes arrive with the next read. After a cancelled write the stream
/// stays usable; see <see cref="WriteAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.
/// </para>
/// <para>
/// <c>docs/lifecycle.md</c> describes the life of a stream, and what drives it.
/// </para>
/// <para>
/// It runs on Linux. Elsewhere, and where the native library is missing, <see cref="IsSupported"/> is false and authenticating throws.
/// </para>
/// </remarks>
public partial class S2nStream : AuthenticatedStream, IApplication
{
    private enum Stage
    {
        Created,
        Authenticating,
        Authenticated,
        Failed,
    }

    private readonly CiphertextTransport _transport;
    private readonly StreamCallbacks _callbacks = StreamCallbacks.None;
    private readonly ReadTurn _readTurn = new();

    private readonly WriteTurn _writeTurn = new();

    private volatile TlsConnection? _connection;
    private volatile ExceptionDispatchInfo? _failure;
    private int _stage;
    private int _disposed;

    /// <summary>Makes a stream over <paramref name="innerStream"/>, which it closes when it is disposed.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="innerStream"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="innerStream"/> cannot be read or written.</exception>
    [SupportedOSPlatform("linux")]
    public S2nStream(Stream innerStream)
        : this(innerStream, leaveInnerStreamOpen: false)
    {
    }

    /// <summary>Makes a stream over <paramref name="innerStream"/>.</summary>
    /// <param name="innerStream">Any stream that can be read and written at the same time, such as a <see cref="System.Net.Sockets.NetworkStream"/>.</param>
    /// <param name="leaveInnerStreamOpen">
    /// Whether disposal leaves the inner stream open. If so, use <see cref="DisposeAsync"/>, which completes when the closing alert has been sent,
    /// before you use the inner stream for something else.
    /// </param>
    /// <inheritdoc cref="S2nStream(Stream)" path="/exception"/>
    [SupportedOSPlatform("linux")]
    public S2nStream(Stream innerStream, bool leaveInnerStreamOpen)
        : this(innerStream, leaveInnerStreamOpen, null)
    {
    }

    /// <inheritdoc cref="S2nStream(Stream, bool, RemoteCertificateValidationCallback, LocalCertificateSelectionCallback, EncryptionPolicy)"/>
    [SupportedOSPlatform("linux")]
    public S2nStream(Stream innerStream, bool leaveInnerStreamOpen, RemoteCertificateValidationCallback? userCertificateValidationCallback)
        : this(innerStream, leaveInnerStreamOpen, userCertificateValidationCallback, null)
    {
    }

    /// <inheritdoc cref="S2nStream(Stream, bool, RemoteCertificateValidationCallback, LocalCertificateSelectionCallback, EncryptionPolicy)"/>
    [SupportedOSPlatform("linux")]
    public S2nStream(
        Stream innerStream,
        bool leaveInnerStreamOpen,
        RemoteCertificateValidationCallback? userCertificateValidationCallback,
        LocalCertificateSelectionCallback? userCertificateSelectionCallback)
        : this(innerStream, leaveInnerStreamOpen, userCertificateValidationCallback, userCertificateSelectionCallback, EncryptionPolicy.RequireEncryption)
    {
    }

    /// <summary>
    /// Makes a stream over <paramref name="innerStream"/>, with the parameters of SslStream's constructors. The callbacks and the policy apply to
    /// the <c>AuthenticateAs…</c> overloads that SslStream has too, not to those with an <see cref="S2nContext"/>, which has its own.
    /// </summary>
    /// <param name="innerStream">Any stream that can be read and written at the same time, such as a <see cref="System.Net.Sockets.NetworkStream"/>.</param>
    /// <param name="leaveInnerStreamOpen">Whether disposal leaves the inner stream open; see <see cref="S2nStream(Stream, bool)"/>.</param>
    /// <param name="userCertificateValidationCallback">Decides on the peer's certificate; see <see cref="S2nContextOptions.RemoteCertificateValidationCallback"/>.</param>
    /// <param name="userCertificateSelectionCallback">Selects the certificate that this side sends.</param>
    /// <param name="encryptionPolicy">s2n always encrypts: <see cref="EncryptionPolicy.RequireEncryption"/> or <see cref="EncryptionPolicy.AllowNoEncryption"/>; <c>AuthenticateAs…</c> refuses any other.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerStream"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="innerStream"/> cannot be read or written, or <paramref name="encryptionPolicy"/> is not a valid policy.
    /// </exception>
    [SupportedOSPlatform("linux")]
    public S2nStream(
        Stream innerStream,
        bool leaveInnerStreamOpen,
        RemoteCertificateValidationCallback? userCertificateValidationCallback,
        LocalCertificateSelectionCallback? userCertificateSelectionCallback,
        EncryptionPolicy encryptionPolicy)
        : base(innerStream, leaveInnerStreamOpen)
    {
        if (!Enum.IsDefined(encryptionPolicy))
        {
            throw new ArgumentException($"{encryptionPolicy} is not a valid encryption policy.", nameof(encryptionPolicy));
        }

        _callbacks = new StreamCallbacks(userCertificateValidationCallback, userCertificateSelectionCallback, encryptionPolicy);
        _transport = new StreamTransport(innerStream, leaveInnerStreamOpen);
    }

    /// <summary>
    /// Makes a stream directly over a pipe, such as a server's transport: ciphertext is decrypted from, and encrypted into, the pipe's own memory.
    /// Pipes have no synchronous calls: over one, this stream's synchronous calls block on asynchronous ones, as those of
    /// <see cref="PipeReader.AsStream"/> do.
    /// </summary>
    /// <param name="transport">The pipe: its input is what the peer sends, its output is what the peer receives.</param>
    /// <param name="leaveTransportOpen">Whether disposal leaves the pipe's reader and writer uncompleted.</param>
    /// <exception cref="ArgumentNullException"><paramref name="transport"/> is null.</exception>
    [SupportedOSPlatform("linux")]
    public S2nStream(IDuplexPipe transport, bool leaveTransportOpen = false)
        : base(new PipeStandIn(), leaveTransportOpen)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = new PipeTransport(transport, leaveTransportOpen);
    }

    /// <summary>
    /// Whether s2n-tls can be used here: on Linux (x64, arm64), if the native library can be loaded and has the functions that this version needs. It
    /// does not throw; <see cref="S2nLibrary.Load"/> does, and says why not. The first call loads the library. An answer of false is kept, unless the
    /// library is used later and can be loaded then.
    /// </summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => S2nRuntime.IsAvailable;

    private Stage CurrentStage => (Stage)Volatile.Read(ref _stage);

    private bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The connection of an authenticated, open stream; otherwise throws the exception that says why not.</summary>
    private TlsConnection Authenticated()
    {
        ThrowIfDisposed();
        if (CurrentStage != Stage.Authenticated)
        {
            _failure?.Throw();
            throw new InvalidOperationException("This operation is only allowed on a successfully authenticated stream.");
        }

        return _connection!;
    }

    /// <summary>Like <see cref="Authenticated"/>, but available earlier: from a validation callback on, as with SslStream.</summary>
    private TlsConnection Negotiated() =>
        CurrentStage == Stage.Authenticating && !IsDisposed && _connection is { TellsWhatIsNegotiated: true } connection ? connection : Authenticated();

    /// <summary>The exception to throw instead of one that came out of the loop of a read or a write.</summary>
    /// <param name="e">The original exception.</param>
    /// <param name="isBelow">Whether it came from the inner stream.</param>
    /// <param name="cancellationToken">The caller's token.</param>
    /// <returns>Null if the exception already is what callers expect.</returns>
    private Exception? Translated(Exception e, bool isBelow, CancellationToken cancellationToken) => e switch
    {
        _ when IsDisposed => e is ObjectDisposedException ? null : new ObjectDisposedException(GetType().FullName, e),
        IOException => null,
        _ when !isBelow => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        _ => new IOException($"The inner stream failed: {e.Message}", e),
    };

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);
}
