using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Tests.Surface;

/// <summary>What must not be told is not told by accident: in a log that prints an object, or an exception.</summary>
public class SecretsTests
{
    public static TheoryData<string> DamagedKeys() =>
    [
        "cut short", "of another certificate", "with a wrong letter", "encrypted", "of an unknown kind", "without an end",
    ];

    [Fact]
    public void No_type_tells_of_itself_but_policies_and_exceptions()
    {
        // So none that holds a key, a ticket or a session can: they have only the name of their type to tell. Files tell their paths.
        IEnumerable<Type> talkative = typeof(S2nStream).Assembly.GetExportedTypes()
            .Where(type => !type.IsEnum && !type.IsInterface && !type.IsSubclassOf(typeof(Exception)) && !type.IsSubclassOf(typeof(Delegate)))
            .Where(type => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType is { } declaring && declaring != typeof(object) && declaring != typeof(ValueType));
        Assert.Equal(
            [nameof(S2nCertificateFiles), nameof(S2nKeyUpdateCounts), nameof(S2nSecurityPolicy), nameof(S2nSessionOrigin), nameof(S2nSigningRequest)],
            talkative.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(DamagedKeys))]
    public void An_exception_about_a_private_key_quotes_none_of_it(string damage)
    {
        string chain = TestAuthority.Localhost.ExportCertificatePem();
        using ECDsa key = TestAuthority.Localhost.GetECDsaPrivateKey()!;
        string pem = key.ExportPkcs8PrivateKeyPem();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string damaged = damage switch
        {
            "cut short" => Damage(pem, lines => [.. lines[..^2], lines[^1]]),
            "of another certificate" => other.ExportPkcs8PrivateKeyPem(),
            "with a wrong letter" => Damage(pem, lines => [lines[0], $"!{lines[1][1..]}", .. lines[2..]]),
            "encrypted" => key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000)),
            "of an unknown kind" => pem.Replace("PRIVATE", "SECRET", StringComparison.Ordinal),
            _ => Damage(pem, lines => lines[..^1]),
        };
        Exception error = Assert.ThrowsAny<Exception>(() =>
        {
            using S2nCertificate certificate = S2nCertificate.FromPem(chain, damaged);
            using S2nContext context = TestContexts.MakeServer(options =>
            {
                options.Certificates.Clear();
                options.Certificates.Add(certificate);
            });
        });
        foreach (string line in damaged.Split('\n').Where(line => line.Length > 8 && !line.StartsWith('-')))
        {
            Assert.DoesNotContain(line[..8], error.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_stranger_wrote_as_a_session_is_not_quoted()
    {
        byte[] bytes = [1, 6, .. "secret"u8, 0xff, 0xff];
        Assert.DoesNotContain("secret", Assert.Throws<FormatException>(() => S2nSession.Deserialize(bytes)).ToString(), StringComparison.Ordinal);
    }

    private static string Damage(string pem, Func<string[], string[]> damage) => string.Join('\n', damage(pem.Split('\n')));
}
