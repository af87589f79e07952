using System.Reflection;
using System.Security.Authentication;
using Xunit.Sdk;

namespace S2nTls.Tests.Behaviours;

/// <summary>Runs a behaviour over every <see cref="Pair"/>; and over TLS 1.2 and 1.3, if it takes a protocol.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OverPairsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        bool takesProtocol = testMethod.GetParameters().Length > 1;
        foreach (Pair pair in Enum.GetValues<Pair>())
        {
            if (takesProtocol)
            {
                yield return [pair, SslProtocols.Tls12];
                yield return [pair, SslProtocols.Tls13];
            }
            else
            {
                yield return [pair];
            }
        }
    }
}

/// <summary>Runs a behaviour that needs no peer over both types; and as client and as server, if it takes a flag for that.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OverKindsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        ArgumentNullException.ThrowIfNull(testMethod);
        bool takesSide = testMethod.GetParameters().Length > 1;
        foreach (Kind kind in Enum.GetValues<Kind>())
        {
            if (takesSide)
            {
                yield return [kind, false];
                yield return [kind, true];
            }
            else
            {
                yield return [kind];
            }
        }
    }
}
