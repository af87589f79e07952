using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net.Security;
using S2nTls;

namespace Examples;

/// <summary>Options that the client and the server have in common, each with an error text of its own.</summary>
internal static class CommonOptions
{
    public static Option<S2nSecurityPolicy> Policy() => new("--policy")
    {
        Description = "The security policy of s2n-tls, such as default_pq (post-quantum) or 20240503.",
        HelpName = "name",
        DefaultValueFactory = _ => S2nSecurityPolicy.DefaultTls13,
        CustomParser = ParsePolicy,
    };

    public static Option<SslApplicationProtocol[]> Alpn() => new("--alpn")
    {
        Description = "Application protocols (ALPN), the preferred one first, separated by commas.",
        HelpName = "names",
        CustomParser = ParseProtocols,
    };

    public static Option<FileInfo> ExistingFile(string name, string description) => new Option<FileInfo>(name)
    {
        Description = description,
        HelpName = "file",
    }.AcceptExistingOnly();

    public static Option<int> Number(string name, string unit, int defaultValue, int lowest, int highest, string description) => new(name)
    {
        Description = description,
        HelpName = unit,
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => ParseNumber(result, name, lowest, highest),
    };

    /// <summary>A certificate without its key is of no use, nor the other way round.</summary>
    public static void RequireBothOrNone(this Command command, Option<FileInfo> certificate, Option<FileInfo> key) =>
        command.Validators.Add(result =>
        {
            if (result.GetResult(certificate) is null != result.GetResult(key) is null)
            {
                result.AddError($"{certificate.Name} and {key.Name} go together.");
            }
        });

    private static S2nSecurityPolicy? ParsePolicy(ArgumentResult result)
    {
        string name = result.Tokens[0].Value;
        try
        {
            return new S2nSecurityPolicy(name);
        }
        catch (ArgumentException)
        {
            result.AddError($"s2n-tls knows no security policy '{name}'.");
            return null;
        }
    }

    private static SslApplicationProtocol[]? ParseProtocols(ArgumentResult result)
    {
        try
        {
            return [.. result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => new SslApplicationProtocol(name))];
        }
        catch (ArgumentException)
        {
            result.AddError($"--alpn: '{result.Tokens[0].Value}' is no list of names of 1 to 255 bytes.");
            return null;
        }
    }

    private static int ParseNumber(ArgumentResult result, string name, int lowest, int highest)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= lowest && number <= highest)
        {
            return number;
        }

        result.AddError($"{name}: '{text}' is no number from {lowest} to {highest}.");
        return 0;
    }
}
