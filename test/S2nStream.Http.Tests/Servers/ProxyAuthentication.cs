using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace S2nTls.Http.Tests.Servers;

/// <summary>How a proxy asks who is there, and whether it knows who has answered.</summary>
/// <param name="credentials">A name and a password, with a colon.</param>
/// <param name="scheme">Basic (RFC 7617) or Digest (RFC 7616).</param>
internal sealed class ProxyAuthentication(string credentials, string scheme = "Basic")
{
    private const string Nonce = "0123456789abcdef";

    public string Challenge => scheme == "Basic" ? "Basic realm=\"test\"" : $"Digest realm=\"test\", nonce=\"{Nonce}\", qop=\"auth\", algorithm=SHA-256";

    /// <param name="head">The request's.</param>
    public bool Knows(string head)
    {
        Match answer = Regex.Match(head, $"\r\nProxy-Authorization: {scheme} (.*)\r\n");
        return answer.Success
            && (scheme == "Basic" ? answer.Groups[1].Value == Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)) : IsDigest(answer.Groups[1].Value, head.Split(' ')[0]));
    }

    private bool IsDigest(string answer, string method)
    {
        string[] who = credentials.Split(':');
        string secret = Hash($"{who[0]}:test:{who[1]}");
        string what = Hash($"{method}:{Value("uri")}");
        return Value("username") == who[0] && Value("nonce") == Nonce && Value("response") == Hash($"{secret}:{Nonce}:{Value("nc")}:{Value("cnonce")}:{Value("qop")}:{what}");

        string Value(string name) => Regex.Match(answer, $"\\b{name}=\"?([^\",]*)").Groups[1].Value;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}
