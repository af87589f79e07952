namespace S2nTls.Http.Carrier;

/// <summary>The kinds of key that a <see cref="CarrierTemplate"/> may be made with, in the order in which they are tried.</summary>
internal enum TemplateKey
{
    P256,

    /// <summary>What the CNSA suite leaves.</summary>
    P384,
    P521,

    /// <summary>Slow to make; for a configuration that knows RSA alone.</summary>
    Rsa,
}
