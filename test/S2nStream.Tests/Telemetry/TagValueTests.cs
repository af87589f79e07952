using S2nTls.Engine;
using S2nTls.Telemetry;

namespace S2nTls.Tests.Telemetry;

/// <summary>The values of tags are the registries' names.</summary>
public class TagValueTests
{
    [Theory]
    [InlineData(TlsAlert.CloseNotify, "close_notify")]
    [InlineData(TlsAlert.UnknownCA, "unknown_ca")]
    [InlineData(TlsAlert.UnknownPskIdentity, "unknown_psk_identity")]
    [InlineData(TlsAlert.BadRecordMac, "bad_record_mac")]
    [InlineData((TlsAlert)200, "_OTHER")]
    [InlineData((TlsAlert)(-1), "_OTHER")]
    [InlineData((TlsAlert)256, "_OTHER")]
    public void An_alert_has_the_name_of_the_RFCs(TlsAlert alert, string name) => Assert.Equal(name, TagValues.Of(alert));

    [Fact]
    public void A_group_that_s2n_can_negotiate_has_s2ns_name_which_is_IANAs()
    {
        TlsNamedGroup[] named = [.. Enum.GetValues<TlsNamedGroup>().Where(group => TagValues.Of(group) != "_OTHER")];
        Assert.All(named, group => Assert.Equal(group, NegotiatedNames.NamedGroup(TagValues.Of(group))));
        Assert.All(S2nSecurityPolicy.DefaultPostQuantum.KeyExchangeGroups, group => Assert.Contains(group, named));
        Assert.Equal("_OTHER", TagValues.Of(TlsNamedGroup.X448));
    }
}
