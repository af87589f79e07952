namespace S2nTls.Tests.EarlyData;

/// <summary>Answers what a test wants, and remembers what it was asked.</summary>
internal sealed class AnsweringGuard(Func<EarlyDataOffer, CancellationToken, ValueTask<bool>> answer) : EarlyDataGuard
{
    public static readonly byte[] Context = "sealed into the ticket"u8.ToArray();

    public AnsweringGuard(bool answer) : this((_, _) => ValueTask.FromResult(answer))
    {
    }

    public List<EarlyDataOffer> Offers { get; } = [];

    protected internal override ReadOnlyMemory<byte> CreateTicketContext() => Context;

    protected internal override ValueTask<bool> AcceptAsync(EarlyDataOffer offer, CancellationToken cancellationToken)
    {
        Offers.Add(offer);
        return answer(offer, cancellationToken);
    }
}
