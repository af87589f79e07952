using System.Net.Security;

namespace S2nTls.Tests.Behaviours;

/// <summary>Makes ends of TLS connections of one type.</summary>
public abstract class StreamKind
{
    private static readonly StreamKind s_ssl = new SslStreamKind();
    private static readonly StreamKind s_s2n = new S2nStreamKind();

    private protected StreamKind(Kind kind) => Kind = kind;

    public Kind Kind { get; }

    public static StreamKind Of(Kind kind) => kind == Kind.SslStream ? s_ssl : s_s2n;

    /// <summary>Makes an end that is not authenticated.</summary>
    public TlsEnd Create(Stream inner, bool leaveOpen = false) => Create(inner, leaveOpen, validation: null, selection: null);

    /// <inheritdoc cref="Create(Stream, bool)"/>
    public abstract TlsEnd Create(
        Stream inner,
        bool leaveOpen,
        RemoteCertificateValidationCallback? validation,
        LocalCertificateSelectionCallback? selection,
        EncryptionPolicy policy = EncryptionPolicy.RequireEncryption);

    public override string ToString() => Kind.ToString();
}
