using System.Security.Cryptography.X509Certificates;

namespace S2nTls.AspNetCore.Tests;

/// <summary>A certificate in the store of the user who runs the tests, for as long as a test runs.</summary>
internal sealed class StoredCertificate : IDisposable
{
    private readonly X509Certificate2 _certificate;

    public StoredCertificate(X509Certificate2 certificate)
    {
        _certificate = certificate;
        WithoutKey = X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span);
        Change(static (store, its) => store.Add(its));
    }

    public X509Certificate2 WithoutKey { get; }

    public void Dispose()
    {
        Change(static (store, its) => store.Remove(its));
        WithoutKey.Dispose();
    }

    private void Change(Action<X509Store, X509Certificate2> change)
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        change(store, _certificate);
    }
}
