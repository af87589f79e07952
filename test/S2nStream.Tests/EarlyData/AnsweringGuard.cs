namespace S2nTls.Tests.EarlyData;

/// <summary>Answers what a test wants, and remembers what it was asked.</summary>
internal sealed class AnsweringGuard(Func<S2nEarlyDataOffer, CancellationToken, ValueTask<bool>> answer) : S2nEarlyDataGuard
{
    public static readonly byte[] Context = "sealed into the ticket"u8.ToArray();

    public AnsweringGuard(bool answer) : this((_, _) => ValueTask.FromResult(answer))
    {
    }

    public List<S2nEarlyDataOffer> Offers { get; } = [];

    public override ReadOnlyMemory<byte> CreateTicketContext() => Context;

    public override ValueTask<bool> AcceptAsync(S2nEarlyDataOffer offer, CancellationToken cancellationToken)
    {
        Offers.Add(offer);
        return answer(offer, cancellationToken);
    }
}
