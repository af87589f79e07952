using System.Net.Security;

namespace S2nTls.Tests.Surface;

/// <summary>A program that was written for SslStream compiles with S2nStream in its place.</summary>
public class SurfaceTests
{
    /// <summary>What S2nStream does not have, or not in the same form, on purpose: docs/sslstream.md says why.</summary>
    private static readonly string[] s_exceptions = [];

    private static readonly HashSet<string> s_own = [.. MemberSignature.OfPublic(typeof(S2nStream), inherited: true)];

    public static TheoryData<string> Members() => [.. MemberSignature.OfPublic(typeof(SslStream), inherited: false)];

    [Theory]
    [MemberData(nameof(Members))]
    public void S2nStream_has(string member)
    {
        bool isException = s_exceptions.Contains(member);
        Assert.True(s_own.Contains(member) != isException, isException ? $"It has {member}, and is said not to." : $"It lacks {member}");
    }

    [Fact]
    public void The_exceptions_are_few_and_are_members_of_SslStream()
    {
        Assert.InRange(s_exceptions.Length, 0, 5);
        Assert.Subset(MemberSignature.OfPublic(typeof(SslStream), inherited: false).ToHashSet(), s_exceptions.ToHashSet());
    }

    [Fact]
    public void Both_have_the_same_base_class_and_can_be_derived_from()
    {
        Assert.Equal(typeof(SslStream).BaseType, typeof(S2nStream).BaseType);
        Assert.Equal(typeof(SslStream).IsSealed, typeof(S2nStream).IsSealed);
    }
}
