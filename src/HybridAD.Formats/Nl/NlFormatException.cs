namespace HybridAD.Formats.Nl;

/// <summary>An .nl file is malformed. The message is one line: file, place, segment, what was expected and what was found.</summary>
public sealed class NlFormatException : HybridAdException
{
    internal NlFormatException(string code, string message)
        : base(code, message)
    {
    }
}
