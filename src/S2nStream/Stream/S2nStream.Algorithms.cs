using System.Security.Authentication;
using S2nTls.Policies;

namespace S2nTls;

/// <content>The cipher suite in the terms of older protocols, as in SslStream. Obsolete there, and here for the same reason.</content>
public partial class S2nStream
{
    private const string ObsoleteMessage = "What TLS 1.3 negotiates cannot be expressed in these terms. Use NegotiatedCipherSuite and KeyExchangeGroup instead.";
    private const string ObsoleteId = "SYSLIB0058"; // SslStream's, so that programs that suppress it there need no change

    /// <summary>The bulk cipher; <see cref="CipherAlgorithmType.None"/> if the enumeration has no name for it (ChaCha20).</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual CipherAlgorithmType CipherAlgorithm => CipherSuiteTraits.Of(NegotiatedCipherSuite).Cipher;

    /// <summary>The bulk cipher's key length in bits.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual int CipherStrength => CipherSuiteTraits.Of(NegotiatedCipherSuite).CipherStrength;

    /// <summary>The hash of the record's MAC; <see cref="HashAlgorithmType.None"/> for ciphers that authenticate by themselves.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual HashAlgorithmType HashAlgorithm => CipherSuiteTraits.Of(NegotiatedCipherSuite).Hash;

    /// <summary>The length in bits of the record's MAC; 0 for ciphers that authenticate by themselves.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual int HashStrength => CipherSuiteTraits.Of(NegotiatedCipherSuite).HashStrength;

    /// <summary>The key exchange; <see cref="ExchangeAlgorithmType.None"/> on TLS 1.3, whose suites do not name one.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual ExchangeAlgorithmType KeyExchangeAlgorithm => CipherSuiteTraits.Of(NegotiatedCipherSuite).KeyExchange;

    /// <summary>Always 0, as on SslStream for Linux.</summary>
    /// <inheritdoc cref="SslProtocol" path="/exception"/>
    [Obsolete(ObsoleteMessage, DiagnosticId = ObsoleteId)]
    public virtual int KeyExchangeStrength
    {
        get
        {
            _ = Negotiated();
            return 0;
        }
    }
}
