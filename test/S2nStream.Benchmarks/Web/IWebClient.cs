namespace S2nTls.Benchmarks.Web;

/// <summary>A client that asks the same again and again.</summary>
internal interface IWebClient
{
    public Task AskAsync();
}
