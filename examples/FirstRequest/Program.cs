#region snippet first-request
using S2nTls;

string url = args.Length > 0 ? args[0] : "https://example.com/";
using var handler = new S2nHttpHandler
{
    Connected = (connection, tls) => Console.WriteLine(
        $"{connection.DnsEndPoint.Host}: {tls.SslProtocol}, {tls.KeyExchangeGroup}"),
};
using var client = new HttpClient(handler);
Console.Write(await client.GetStringAsync(url));
#endregion
