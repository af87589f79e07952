using S2nTls.Engine;
using S2nTls.Interop;

namespace S2nTls.Tests.Engine;

/// <summary>The names that the library has, as the registries' numbers: none that it can tell is unknown.</summary>
public class NegotiatedNamesTests
{
    [Theory]
    [InlineData("NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT", S2nHandshakeTypes.Negotiated | S2nHandshakeTypes.FullHandshake | S2nHandshakeTypes.MiddleboxCompatibility)]
    [InlineData("NEGOTIATED|CLIENT_AUTH|NO_CLIENT_CERT", S2nHandshakeTypes.Negotiated | S2nHandshakeTypes.ClientAuthentication | S2nHandshakeTypes.NoClientCertificate)]
    [InlineData("TLS12_PERFECT_FORWARD_SECRECY|OCSP_STATUS|WITH_SESSION_TICKET", S2nHandshakeTypes.Tls12ForwardSecrecy | S2nHandshakeTypes.OcspStatus | S2nHandshakeTypes.SessionTicket)]
    [InlineData("HELLO_RETRY_REQUEST|WITH_EARLY_DATA|EARLY_CLIENT_CCS", S2nHandshakeTypes.HelloRetryRequest | S2nHandshakeTypes.EarlyData | S2nHandshakeTypes.EarlyChangeCipherSpec)]
    [InlineData("INITIAL", S2nHandshakeTypes.None)]
    [InlineData("", S2nHandshakeTypes.None)]
    public void What_a_handshake_consisted_of_is_read_from_its_names(string names, S2nHandshakeTypes expected) =>
        Assert.Equal(expected, NegotiatedNames.HandshakeTypes(names));

    [Fact]
    public void A_name_that_is_not_known_is_no_wrong_number()
    {
        Assert.Null(NegotiatedNames.NamedGroup("x25519000"));
        Assert.Null(NegotiatedNames.NamedGroup(null));
        Assert.Null(NegotiatedNames.SignatureScheme("none"));
        Assert.Null(NegotiatedNames.SignatureScheme(null));
    }

    /// <summary>The names that s2n has compiled in, as its file holds them: strings are kept one after the other.</summary>
    [Fact]
    public void Every_scheme_and_group_that_the_librarys_file_names_is_known()
    {
        S2nRuntime.EnsureStarted();
        IEnumerable<string> files = File.ReadLines("/proc/self/maps")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1])
            .Where(file => System.Text.RegularExpressions.Regex.IsMatch(file, "/[^/]*(aws-crt|libs2n)[^/]*$"))
            .Distinct();
        string text = string.Concat(files.Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        string[] schemes = [.. System.Text.RegularExpressions.Regex.Matches(text, "\0((?:legacy_)?(?:rsa|ecdsa)_[a-z0-9_]*sha(?:1|224|256|384|512)|mldsa[0-9]+)(?=\0)").Select(match => match.Groups[1].Value).Distinct()];
        string[] groups = [.. System.Text.RegularExpressions.Regex.Matches(text, "\0(x25519|secp(?:256|384|521)r1|(?:X25519|SecP[0-9]+r1)?MLKEM[0-9]+)(?=\0)").Select(match => match.Groups[1].Value).Distinct()];
        Assert.True(schemes.Length >= 15 && groups.Length >= 5, $"{string.Join(' ', schemes)}; {string.Join(' ', groups)}");

        // The scheme of TLS 1.0 and 1.1 never had a number.
        Assert.Equal(["legacy_rsa_md5_sha1"], schemes.Where(scheme => NegotiatedNames.SignatureScheme(scheme) is null));
        Assert.All(groups, group => Assert.NotNull(NegotiatedNames.NamedGroup(group)));
    }
}
