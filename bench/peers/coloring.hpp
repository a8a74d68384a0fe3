// Columns that meet in no row get the same color: greedy, in the order of the columns.
#pragma once
#include <algorithm>
#include <vector>

inline std::vector<int> color_columns(const std::vector<std::vector<int>>& rows, int columns) {
    std::vector<std::vector<int>> rows_of(columns);
    for (size_t i = 0; i < rows.size(); i++)
        for (int column : rows[i]) rows_of[column].push_back(int(i));
    std::vector<int> color(columns, -1), taken_by(columns, -1);
    for (int column = 0; column < columns; column++) {
        for (int row : rows_of[column])
            for (int other : rows[row])
                if (color[other] >= 0) taken_by[color[other]] = column;
        int free = 0;
        while (taken_by[free] == column) free++;
        color[column] = free;
    }
    return color;
}
