using System.Security.Cryptography.X509Certificates;

namespace S2nTls;

/// <summary>The certificates that a <see cref="S2nCertificateWatcher"/> has put into service.</summary>
public sealed class S2nCertificatesReloadedEventArgs : EventArgs
{
    internal S2nCertificatesReloadedEventArgs(IReadOnlyList<X509Certificate2> certificates) => Certificates = certificates;

    /// <summary>The end-entity certificates, without their private keys, in the order of the files. They belong to the handler.</summary>
    public IReadOnlyList<X509Certificate2> Certificates { get; }
}
