using S2nTls.Errors;
using S2nTls.Interop;

namespace S2nTls.Tests.Errors;

/// <summary>Which errors are verdicts on a certificate, and so are told at once.</summary>
public class CertificateAlertsTests
{
    private const int TypeBits = 26;

    /// <summary>What has to do with certificates and is not a verdict on the peer's.</summary>
    private static readonly string[] s_others =
    [
        "S2N_ERR_UNEXPECTED_CERT_REQUEST", // a server that asks for one, or does not
        "S2N_ERR_MISSING_CERT_REQUEST",
    ];

    [Fact]
    public void Every_verdict_that_s2n_knows_has_its_alert()
    {
        string[] verdicts =
        [
            .. NamesOf(S2nErrorType.Protocol).Where(name => name.Contains("_CERT", StringComparison.Ordinal) || name.Contains("_CRL", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(verdicts);
        Assert.Equal([], verdicts.Except(s_others).Except(CertificateAlerts.ByError.Keys));
    }

    [Fact]
    public void Every_name_is_one_of_s2ns() =>
        Assert.Equal([], CertificateAlerts.ByError.Keys.Except(Enum.GetValues<S2nErrorType>().SelectMany(NamesOf)));

    [Theory]
    [InlineData("S2N_ERR_DECRYPT")]
    [InlineData("S2N_ERR_VERIFY_SIGNATURE")]
    [InlineData("S2N_ERR_BAD_MESSAGE")]
    [InlineData("S2N_ERR_CBC_VERIFY")]
    [InlineData("S2N_ERR_INTERNAL_LIBCRYPTO_ERROR")]
    public void What_may_rest_on_secrets_is_not_among_them(string error) => Assert.Null(CertificateAlerts.Find(error));

    /// <summary>s2n numbers the errors of a type one after the other (s2n_errno.h).</summary>
    private static IEnumerable<string> NamesOf(S2nErrorType type) =>
        Enumerable.Range((int)type << TypeBits, 300).Select(code => new S2nError(code, type).Name).Distinct();
}
