using System.Net;
using S2nTls.Http.Connections;
using S2nTls.Http.Requests;

namespace S2nTls.Http.Tests.Connections;

public class Http11OriginsTests
{
    [Fact]
    public void Origins_are_told_apart_by_host_port_and_name()
    {
        var origins = new Http11Origins();
        origins.Add(new DnsEndPoint("a.example", 443), "a.example");

        Assert.True(origins.Contains(new DnsEndPoint("a.example", 443), "a.example"));
        Assert.False(origins.Contains(new DnsEndPoint("b.example", 443), "a.example"));
        Assert.False(origins.Contains(new DnsEndPoint("a.example", 444), "a.example"));
        Assert.False(origins.Contains(new DnsEndPoint("a.example", 443), "b.example"));
    }

    [Fact]
    public void A_client_of_very_many_origins_does_not_keep_them_all()
    {
        var origins = new Http11Origins();
        DnsEndPoint[] met = [.. Enumerable.Range(0, 3 * Http11Origins.Most).Select(i => new DnsEndPoint($"host{i}.example", 443))];
        Array.ForEach(met, origin => origins.Add(origin, origin.Host));

        Assert.InRange(met.Count(origin => origins.Contains(origin, origin.Host)), 0, Http11Origins.Most);
    }
}
