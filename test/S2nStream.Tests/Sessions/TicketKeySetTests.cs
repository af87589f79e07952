using S2nTls.Sessions;

namespace S2nTls.Tests.Sessions;

/// <summary>The keys at hand: each its own, copied by periods, and wiped.</summary>
public class TicketKeySetTests
{
    [Fact]
    public void Copies_are_of_the_first_period_to_the_last_and_their_own()
    {
        using TicketKeySet all = Of(1, 2, 3, 4, 5), some = new();
        some.CopyFrom(all, 2, 4);
        Assert.Equal([2, 3, 4], some.Periods);
        Assert.True(some.SecretOf(3).SequenceEqual(all.SecretOf(3)));
        Assert.True(some.NameOf(3).SequenceEqual(all.NameOf(3)));
        all.Dispose();
        Assert.True(some.SecretOf(3).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Secrets_are_wiped_with_the_set()
    {
        TicketKeySet keys = Of(1, 2);
        ReadOnlySpan<byte> first = keys.SecretOf(1), second = keys.SecretOf(2);
        Assert.True(first.ContainsAnyExcept((byte)0));
        keys.Dispose();
        Assert.False(first.ContainsAnyExcept((byte)0));
        Assert.False(second.ContainsAnyExcept((byte)0));
    }

    [Theory]
    [InlineData("a", 1, "a", 2, true)]
    [InlineData("a", 1, "a\0", 2, true)] // s2n fills names up with zeros
    [InlineData("a", 1, "b", 1, true)]
    [InlineData("a", 1, "b", 2, false)]
    [InlineData("a", 1, "aa", 2, false)]
    public void Each_periods_key_has_a_name_and_a_secret_of_its_own(string name, byte secret, string otherName, byte otherSecret, bool isRefused)
    {
        using var keys = new TicketKeySet();
        keys.Add(1, Key(name, secret));
        Exception? thrown = Record.Exception(() => keys.Add(2, Key(otherName, otherSecret)));
        Assert.Equal(isRefused, thrown is InvalidOperationException);
        Assert.Equal(isRefused ? [1] : [1, 2], keys.Periods);
    }

    [Fact]
    public void Each_set_is_told_from_others()
    {
        using TicketKeySet one = new(), other = new();
        Assert.NotEqual(one.Version, other.Version);
        Assert.False(one.IsInvalid);
    }

    [Fact]
    public void A_key_is_given_once()
    {
        S2nTicketKey key = Key("a", 1);
        using var keys = new TicketKeySet();
        keys.Add(1, key);
        Assert.Throws<InvalidOperationException>(() => keys.Add(2, key));
        Assert.Throws<InvalidOperationException>(() => key.Secret.Length);
    }

    private static TicketKeySet Of(params byte[] periods)
    {
        var keys = new TicketKeySet();
        foreach (byte period in periods)
        {
            keys.Add(period, Key($"key {period}", period));
        }

        return keys;
    }

    private static S2nTicketKey Key(string name, byte secret) => new(System.Text.Encoding.UTF8.GetBytes(name), Enumerable.Repeat(secret, S2nTicketKey.MinSecretLength).ToArray());
}
