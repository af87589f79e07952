using System.Runtime.InteropServices;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_config</c>. s2n neither copies nor counts the certificates that a config refers to, so this
/// handle holds a count on their set, until the config itself is freed.
/// </summary>
internal sealed class ConfigHandle : SafeHandle
{
    private CertificateSet? _certificates;

    public ConfigHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    internal static ConfigHandle Create()
    {
        var config = new ConfigHandle();
        config.SetHandle(S2nError.CheckCreated(S2n.s2n_config_new_minimal()));
        return config;
    }

    /// <summary>Sets the config's certificates, once.</summary>
    internal void AddCertificates(CertificateSet certificates)
    {
        bool counted = false;
        certificates.DangerousAddRef(ref counted);
        _certificates = certificates;
        foreach (CertificateHandle certificate in certificates.Certificates)
        {
            S2nError.Check(S2n.s2n_config_add_cert_chain_and_key_to_store(this, certificate));
        }
    }

    protected override bool ReleaseHandle()
    {
        bool freed = S2n.s2n_config_free(handle) == S2n.Success;
        _certificates?.DangerousRelease();
        return freed;
    }
}
