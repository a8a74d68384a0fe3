using HybridAD.Errors;

namespace HybridAD.Formats.FpCore;

/// <summary>An FPCore file or program cannot be used as asked. The message is one line: file or core, place, what is wrong.</summary>
public sealed class FpCoreException : HybridAdException
{
    internal FpCoreException(string code, string message)
        : base(code, message)
    {
    }

    internal static FpCoreException Syntax(string file, Position position, string what) => new(ErrorCodes.FpCoreSyntax, $"{file}:{position}: {what}");
}

/// <summary>Why a core cannot be used; other cores of the file can.</summary>
internal sealed class UnsupportedCoreException(Position position, string what) : Exception($"{what} at {position}");
