using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_config</c>. s2n neither copies nor counts the certificates that a config refers to, so this
/// handle holds a count on each of them, until the config itself is freed.
/// </summary>
internal sealed class ConfigHandle : SafeHandle
{
    private readonly List<CertificateHandle> _certificates = [];

    public ConfigHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static ConfigHandle Create()
    {
        var config = new ConfigHandle();
        config.SetHandle(S2n.s2n_config_new_minimal());
        S2nError.ThrowIf(config.IsInvalid);
        return config;
    }

    internal void AddCertificate(CertificateHandle certificate)
    {
        bool counted = false;
        certificate.DangerousAddRef(ref counted);
        _certificates.Add(certificate);
        S2nError.ThrowIf(S2n.s2n_config_add_cert_chain_and_key_to_store(this, certificate) != S2n.Success);
    }

    protected override bool ReleaseHandle()
    {
        bool freed = S2n.s2n_config_free(handle) == S2n.Success;
        foreach (CertificateHandle certificate in _certificates)
        {
            certificate.DangerousRelease();
        }

        return freed;
    }
}
