namespace S2nTls.Http.Carrier;

/// <summary>The kinds of key that a <see cref="CarrierTemplate"/> may be made with, in the order in which they are tried.</summary>
internal enum TemplateKey
{
    P256,

    /// <summary>The only curve that the CNSA suite allows.</summary>
    P384,
    P521,

    /// <summary>Slow to make; for a configuration that allows only RSA.</summary>
    Rsa,
}
