using System.Security.Cryptography.X509Certificates;

namespace S2nTls.Engine.Handshake;

/// <summary>The lists of revoked certificates that the peer's chain is verified against.</summary>
/// <param name="engine">Whose handshake it is.</param>
/// <param name="lists">Who has the lists.</param>
/// <param name="issuers">The issuers whose lists are needed, one for each certificate.</param>
internal sealed class RevocationQuestion(TlsEngine engine, IS2nRevocationListProvider lists, X500DistinguishedName[] issuers) : Question
{
    private readonly S2nRevocationList?[] _answers = new S2nRevocationList?[issuers.Length];

    internal override async ValueTask AnswerAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, S2nRevocationList?>(StringComparer.Ordinal);
        for (int i = 0; i < issuers.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested(); // nobody waits any more: no further question
            string key = Convert.ToHexString(issuers[i].RawData);
            if (!found.TryGetValue(key, out _answers[i]))
            {
                found[key] = _answers[i] = await lists.FindAsync(issuers[i], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal override void Apply() => engine.AnswerRevocationLookups(_answers);

    internal override Exception Refuse(Exception thrown)
    {
        engine.RefuseRevocationLookups(thrown);
        return thrown;
    }
}
