using System.Security.Cryptography.X509Certificates;
using S2nTls.Tests.Certificates;

namespace S2nTls.Tests.Telemetry;

/// <summary>What the meter says of the certificates that servers show.</summary>
[Collection(nameof(Alone))]
public class CertificateMetricsTests : QuietProcess
{
    [Fact]
    public async Task Reloads_are_counted_and_failed_ones_have_the_error()
    {
        using var measurements = new Measurements();
        using var events = new Events();
        await using var directory = new WatchedDirectory();
        await directory.StartAsync();
        double first = measurements.Sum("certificate.reloads");
        Assert.Equal(1, first);
        directory.Write("", WatchedDirectory.Identity("second"));
        await directory.ReloadsAsync("second");
        Assert.Equal(2, measurements.Sum("certificate.reloads"));
        Assert.All(measurements.Of("certificate.reloads"), measured => Assert.Empty(measured.Tags));
        Assert.Equal([1, 1], events.Of("CertificatesReloaded").Select(written => (int)written.Payload["count"]!));

        File.WriteAllText(directory.PathOf(WatchedDirectory.CertificateFile), "no certificate");
        await Eventually.TrueAsync(() => measurements.Of("certificate.reloads").Length == 3);
        Assert.StartsWith("error.type=", Assert.Single(measurements.Of("certificate.reloads")[^1].Tags), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => events.Of("CertificateReloadFailed").Length == 1);
        Assert.NotEqual("", events.Of("CertificateReloadFailed")[0].Payload["message"]);
    }

    [Fact]
    public void The_first_certificate_to_expire_is_told_until_it_is_replaced_or_its_context_disposed()
    {
        // Older than what other tests may have left behind.
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 expired = TestAuthority.Default.Issue(notBefore: now.AddDays(-3000), notAfter: now.AddDays(-2000));
        using X509Certificate2 older = TestAuthority.Default.Issue(notBefore: now.AddDays(-3000), notAfter: now.AddDays(-2500));
        using var measurements = new Measurements();
        using S2nContext server = TestContexts.MakeServer(certificate: expired);
        Assert.InRange(measurements.Observe("certificate.expiry")!.Value, -2001, -2000);
        using (TestContexts.MakeServer(certificate: older))
        {
            Assert.InRange(measurements.Observe("certificate.expiry")!.Value, -2501, -2500);
        }

        Assert.InRange(measurements.Observe("certificate.expiry")!.Value, -2001, -2000);
        using S2nCertificate next = S2nCertificate.FromX509(TestAuthority.Localhost);
        server.ReplaceCertificates(next);
        Assert.True(measurements.Observe("certificate.expiry") > -2000);
    }
}
