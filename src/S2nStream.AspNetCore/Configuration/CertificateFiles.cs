using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace S2nTls.AspNetCore.Configuration;

/// <summary>Certificates in files, whose names are relative to the application's content root.</summary>
internal static class CertificateFiles
{
    internal static string Resolve(ListenOptions endpoint, string fileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return Path.Combine(endpoint.ApplicationServices.GetRequiredService<IHostEnvironment>().ContentRootPath, fileName);
    }

    /// <summary>Reads a PKCS #12 file: the certificate that has the key, and the others as its chain.</summary>
    /// <exception cref="InvalidOperationException">The file contains no private key.</exception>
    internal static void ReadPkcs12(string path, string? password, S2nHttpsOptions options)
    {
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        options.ServerCertificate = all.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new InvalidOperationException($"{path}: the file contains no certificate with a private key.");
        options.ServerCertificateChain = [.. all.Where(certificate => certificate.Subject != certificate.Issuer)];
    }
}
