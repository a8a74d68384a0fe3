using System.Linq.Expressions;
using System.Text.RegularExpressions;
using HybridAD.Errors;

namespace HybridAD.Tracing;

/// <summary>The errors of expression tracing: which part, why not, and what to write instead.</summary>
internal static partial class Unsupported
{
    private const int LongestText = 120;
    private const int DeepestText = 200;

    /// <summary>A part that cannot be traced for a reason of its own.</summary>
    public static HybridAdException Part(Expression part, string why, string instead, Exception? innerException = null) =>
        new(ErrorCodes.UnsupportedExpression, $"The part '{TextOf(part)}' of the expression cannot be traced: {why}. {instead}.", innerException);

    /// <summary>A part of a kind that is not traced at all.</summary>
    public static HybridAdException Kind(Expression part) =>
        Part(part, $"expressions of kind {part.NodeType} are not understood", "Use arithmetic, Math functions, ?:, comparisons, elements of arrays and new[] {…}, or trace a lambda over Real");

    private static string TextOf(Expression part)
    {
        // Expression.ToString is recursive and would overflow the stack.
        if (DepthProbe.IsDeeper(part, DeepestText))
            return $"{part.NodeType} of more than {DeepestText} levels";
        // A captured variable prints as a field of a class that the compiler made up.
        var text = Closure().Replace(part.ToString(), "");
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    [GeneratedRegex(@"value\([^()]*\)\.")]
    private static partial Regex Closure();

    private sealed class DepthProbe(int limit) : ExpressionVisitor
    {
        private int _depth;
        private bool _deeper;

        public static bool IsDeeper(Expression part, int limit)
        {
            var probe = new DepthProbe(limit);
            probe.Visit(part);
            return probe._deeper;
        }

        public override Expression? Visit(Expression? node)
        {
            _deeper |= _depth >= limit;
            if (_deeper)
                return node;
            _depth++;
            base.Visit(node);
            _depth--;
            return node;
        }
    }
}
