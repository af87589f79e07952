using S2nTls.Certificates.Verification;
using S2nTls.Reliability.Chains.Cases;
using S2nTls.Reliability.Chains.Judging;
using S2nTls.Reliability.Chains.Making;
using Xunit.Abstractions;

namespace S2nTls.Tests.Certificates;

/// <summary>
/// What is written down here of security policies is what s2n does: chains of every signature and key are shown under each policy, to
/// s2n and to .NET, and the verdicts are the same.
/// </summary>
public class PolicyAlgorithmsTests(ITestOutputHelper output)
{
    private const string NotInPolicy = "S2N_ERR_SECURITY_POLICY_INCOMPATIBLE_CERT";

    /// <summary>It has whatever a peer may want.</summary>
    private static readonly S2nSecurityPolicy s_presenters = new("test_all");

    /// <summary>Policies that say nothing of certificates.</summary>
    private static readonly string[] s_unrestricting = ["default", "20240501", "20190801", "ELBSecurityPolicy-TLS-1-2-2017-01", "CloudFront-TLS-1-2-2021", "AWS-CRT-SDK-TLSv1.2-2023", "20251014"];

    private static readonly (string Name, Action<ChainDraft, ChainKeys> Change)[] s_kinds =
    [
        ("P-384 and SHA-384 throughout", static (_, _) => { }),
        .. new[] { SignatureKind.EcdsaSha256, SignatureKind.EcdsaSha512, SignatureKind.EcdsaSha224, SignatureKind.EcdsaSha1 }.Select(kind =>
            ($"{kind}", (Action<ChainDraft, ChainKeys>)((chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(kind == SignatureKind.EcdsaSha224 ? KeyKind.P256 : KeyKind.P384), kind)))),
        .. new[] { SignatureKind.RsaSha256, SignatureKind.RsaSha384, SignatureKind.RsaSha512, SignatureKind.RsaSha224, SignatureKind.RsaMd5, SignatureKind.PssSha256, SignatureKind.PssSha1 }.Select(kind =>
            ($"{kind}, RSA with 2048 bits", (Action<ChainDraft, ChainKeys>)((chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.Rsa2048), kind)))),
        ("RsaSha384, RSA with 3072 bits", static (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.Rsa3072), SignatureKind.RsaSha384)),
        ("RsaSha384, RSA with 4096 bits", static (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.Rsa4096), SignatureKind.RsaSha384)),
        ("PssSha384, a key for PSS only", static (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.RsaPss2048), SignatureKind.PssSha384)),
        ("Ed25519", static (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.Ed25519), null)),
        ("P-256 in the root", static (chain, keys) => (chain.Root.Key, chain.Path[1].Signature) = (keys.Next(), SignatureKind.EcdsaSha384)),
        ("P-521 in the intermediate", static (chain, keys) => (chain.Path[1].Key, chain.Leaf.Signature) = (keys.Next(KeyKind.P521), SignatureKind.EcdsaSha384)),
        .. new[] { SignatureKind.EcdsaSha1, SignatureKind.EcdsaSha224, SignatureKind.RsaSha224 }.Select(kind => ($"one that is sent and not needed: {kind}", (Action<ChainDraft, ChainKeys>)((chain, keys) =>
        {
            CertificateDraft surplus = chain.Path[1].Copy("surplus");
            (surplus.Signature, surplus.SigningKeyInstead) = (kind, kind == SignatureKind.RsaSha224 ? keys.Next(KeyKind.Rsa2048) : keys.Next());
            chain.Sent.Add(surplus);
        }))),
    ];

    public static TheoryData<string> Policies => [.. PolicyAlgorithms.ByPolicy.Keys.Concat(s_unrestricting).Where(IsKnown)];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task S2n_and_dotnet_give_one_verdict(string name)
    {
        var policy = new S2nSecurityPolicy(name);
        var keys = new ChainKeys(new Random(9155));
        int shown = 0;
        foreach ((string kind, Action<ChainDraft, ChainKeys> change) in s_kinds)
        {
            ChainDraft chain = GoodChain.Make(keys, intermediates: 1, isClients: false);
            foreach (CertificateDraft certificate in chain.Path)
            {
                certificate.Key = keys.Next(KeyKind.P384);
            }

            change(chain, keys);
            using var presenter = new Presenter(chain, s_presenters);
            (Verdict byS2n, Verdict byNet) verdicts;
            try
            {
                verdicts = await S2nJudge.JudgeAsync(presenter, chain, policy).WithDeadline();
            }
            catch (ChainNotShownException)
            {
                continue; // the policy has no signature for the leaf's key
            }

            shown++;
            string told = $"{kind}: {verdicts.byS2n} by s2n, {verdicts.byNet} by .NET";
            output.WriteLine(told);
            Assert.True(verdicts.byS2n.Accepts == verdicts.byNet.Accepts, told);

            // What is refused whatever the policy says may be refused for that.
            if (chain.Sent.Exists(certificate => IsRefusedAnyway(certificate)))
            {
                continue;
            }

            bool isInPolicy = PolicyAlgorithms.Of(policy) is not { } algorithms || chain.Sent.Append(chain.Root).All(certificate => algorithms.Next(certificate.Encoded) is null);
            Assert.True(isInPolicy == !verdicts.byS2n.Reason.StartsWith(NotInPolicy, StringComparison.Ordinal), told);
        }

        Assert.InRange(shown, PolicyAlgorithms.Of(policy) is null ? s_kinds.Length / 2 : s_kinds.Length, s_kinds.Length); // the oldest have no signature for RSA keys that are for PSS
    }

    private static bool IsRefusedAnyway(CertificateDraft certificate) =>
        CertificateFields.TryRead(certificate.Encoded, out CertificateFields fields) &&
        (fields.Signature == CertificateSignatures.None || (fields.Signature & CertificateSignatures.Taken) == 0 && certificate.Role != "surplus");

    private static bool IsKnown(string name)
    {
        try
        {
            return new S2nSecurityPolicy(name) is not null;
        }
        catch (ArgumentException)
        {
            return false; // a version of s2n-tls before or after it
        }
    }
}
